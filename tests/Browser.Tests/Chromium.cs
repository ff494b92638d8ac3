using System.Diagnostics;
using Microsoft.Playwright;

namespace SasRec.Browser.Tests;

/// <summary>Debian's Chromium, driven by Playwright; one for all tests, each with a profile of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    // For a machine that runs every other test beside these.
    const float TimeoutMs = 30_000;

    IPlaywright? playwright;
    IBrowser? browser;

    /// <summary>A new profile that remembers nothing.</summary>
    public Task<IBrowserContext> NewContextAsync(int width = 1280, int height = 800, ColorScheme scheme = ColorScheme.Light) =>
        browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
        });

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var program = Installed() ?? await InstallAsync();
        Assertions.SetDefaultExpectTimeout(TimeoutMs);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,

            // Chromium refuses to run as root with its sandbox, which is how containers run it.
            ChromiumSandbox = !Environment.IsPrivilegedProcess,
        });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }

    static string? Installed() => Places.FirstOrDefault(File.Exists);

    static async Task<string> InstallAsync()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/apt-get"))
        {
            throw new InvalidOperationException(
                $"The browser tests need Chromium at {string.Join(" or ", Places)}. On Debian and Ubuntu: sudo apt-get install chromium");
        }

        // Without lists of packages there is nothing to install from.
        using var install = Process.Start("bash", ["-c", "apt-get install -qqy chromium >/dev/null || (apt-get update -qq && apt-get install -qqy chromium >/dev/null)"]);
        await install.WaitForExitAsync();
        return Installed() ?? throw new InvalidOperationException("apt-get could not install Chromium; its output says why.");
    }
}
