using System.Diagnostics;
using System.Text.RegularExpressions;

namespace SasRec.Bench.Page;

/// <summary>./run without its build: the sample shop in a folder of its own, on a free port; or an application that runs elsewhere.</summary>
sealed partial class LocalApp : IDisposable
{
    readonly Process? process;

    LocalApp(Uri address, string key, Process? process) => (Address, Key, this.process) = (address, key, process);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Its function key.</summary>
    public string Key { get; }

    /// <summary>Takes an application that runs already.</summary>
    public static LocalApp At(Uri address, string key) => new(address, key, null);

    /// <summary>Starts one and waits until it recommends. What it made is kept in .local/page, so that the next start is quicker.</summary>
    /// <param name="progress">Hears what it says.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<LocalApp> StartAsync(TextWriter progress, CancellationToken cancellation)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(here.Parent!.Parent!.FullName, "SasRec.Loop", here.Name, "SasRec.Loop.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--folder", Path.GetFullPath(".local/page"), "--port", "0"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };

        // Insights tell of what this measurement itself does.
        start.Environment["Insights__Maturity"] = "00:00:00";
        var process = Process.Start(start)!;
        try
        {
            while (await process.StandardError.ReadLineAsync(cancellation) is { } line)
            {
                progress.WriteLine(line);
                if (Ready().Match(line) is { Success: true } ready)
                {
                    _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
                    return new LocalApp(new Uri(ready.Groups[1].Value), ready.Groups[2].Value, process);
                }
            }

            throw new InvalidOperationException("./run ended before it was ready; it has said why.");
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (process is not null)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }
    }

    [GeneratedRegex(@"ready: (\S+?)/api\s+\(key (\w+);")]
    private static partial Regex Ready();
}
