using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using SasRec.Core.Explore;

namespace SasRec.Bench.Page;

/// <summary>Pictures of every section as it looks after some use, on a phone and on a desk, in light and in dark.</summary>
sealed class PagePictures(IBrowser browser, LocalApp app, TextWriter progress)
{
    const int Slates = 600;
    const ulong Seed = 7;

    // The browser writes WebP itself, at a third of the size.
    const string ToWebp =
        """
        async (png) => {
          const image = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (c) => c.charCodeAt(0))], { type: "image/png" }));
          const canvas = new OffscreenCanvas(image.width, image.height);
          canvas.getContext("2d").drawImage(image, 0, 0);
          const webp = new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality: 0.9 })).arrayBuffer());
          return btoa(Array.from(webp, (byte) => String.fromCharCode(byte)).join(""));
        }
        """;

    static readonly string[] Placements = ["home", "product page", "mail"];
    static readonly double[] Temperatures = [0.2, 0.5, 1];

    /// <summary>Takes them.</summary>
    /// <param name="folder">Made if missing; files are named section-width-scheme.webp.</param>
    /// <param name="cancellation">Ends it between two pictures.</param>
    public async Task TakeAsync(DirectoryInfo folder, CancellationToken cancellation)
    {
        folder.Create();
        var somebody = await UseAsync(cancellation);
        foreach (var width in new[] { 1440, 390 })
        {
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                foreach (var section in new[] { "playground", "models", "rules", "insights", "health" })
                {
                    cancellation.ThrowIfCancellationRequested();
                    var file = Path.Combine(folder.FullName, $"{section}-{width}-{scheme}.webp".ToLowerInvariant());
                    await TakeAsync(section, width, scheme, somebody, file);
                    progress.WriteLine(file);
                }
            }
        }
    }

    async Task TakeAsync(string section, int width, ColorScheme scheme, string user, string file)
    {
        await using var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = width > 500 ? 900 : 844 },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            BypassCSP = true,
        });
        await context.AddInitScriptAsync($"sessionStorage.setItem('sasrec.key', '{app.Key}');");
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(app.Address, $"/api/page/#{section}").AbsoluteUri);
        await page.Locator("main h2").First.WaitForAsync();
        await page.WaitForFunctionAsync("!document.querySelector('.skeleton')");
        if (section == "playground")
        {
            // Somebody with a history clicks the third item.
            await page.GetByLabel("User").FillAsync(user);
            await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Take" }).ClickAsync();
            await page.Locator(".acts > li").First.WaitForAsync();
            await page.WaitForFunctionAsync("document.querySelector('section[aria-busy=false] .because b')");
            await page.Locator(".slot").Nth(2).ClickAsync();
            await page.Locator(".said").First.WaitForAsync();
            await page.WaitForFunctionAsync("document.querySelector('section[aria-busy=false] .slate')");
            await page.Mouse.MoveAsync(0, 0);
        }

        var picture = await page.ScreenshotAsync(new PageScreenshotOptions { FullPage = true });
        var small = await page.EvaluateAsync<string>(ToWebp, Convert.ToBase64String(picture));
        await File.WriteAllBytesAsync(file, Convert.FromBase64String(small));
    }

    /// <summary>Shows slates to users who act on some of what they are shown, the higher the likelier, so that there is something to tell.</summary>
    /// <returns>One of the users.</returns>
    async Task<string> UseAsync(CancellationToken cancellation)
    {
        using var api = new HttpClient { BaseAddress = app.Address, DefaultRequestHeaders = { { "x-functions-key", app.Key } } };
        var listed = await api.GetFromJsonAsync<JsonElement>("/api/users?count=50", cancellation);
        var users = listed.GetProperty("users").EnumerateArray().Select(user => user.GetString()!).ToArray();
        var random = new RandomStream(Seed);
        for (var i = 0; i < Slates; i++)
        {
            var user = users[i % users.Length];
            var asked = await api.PostAsJsonAsync(
                "/api/recommendations",
                new { userId = user, placement = Placements[i % 3], temperature = Temperatures[i / 3 % 3], epsilon = 0.05 },
                cancellation);
            var slate = await asked.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellation);
            var events = new List<object>();
            foreach (var item in slate.GetProperty("items").EnumerateArray())
            {
                // As if each place further down were looked at less: 1 / log2(rank + 1), as NDCG has it.
                if (random.NextDouble() < 0.3 / Math.Log2(item.GetProperty("rank").GetInt32() + 1))
                {
                    events.Add(new
                    {
                        userId = user,
                        itemId = item.GetProperty("itemId").GetString(),
                        source = "recommendation",
                        recommendationId = slate.GetProperty("recommendationId").GetString(),
                    });
                }
            }

            if (events.Count > 0)
            {
                (await api.PostAsJsonAsync("/api/events", new { events }, cancellation)).EnsureSuccessStatusCode();
            }
        }

        await RuleAsync(api, cancellation);
        return users[^1];
    }

    static async Task RuleAsync(HttpClient api, CancellationToken cancellation)
    {
        var rules = new { boosts = new[] { new { where = new[] { new { category = "coffee" } }, amount = 0.5 } }, maxPerCategory = 4, diversity = 0.5 };
        (await api.PutAsJsonAsync("/api/rules/home", new { rules, by = "ann", reason = "the week of coffee" }, cancellation)).EnsureSuccessStatusCode();
    }
}
