using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SasRec.Browser.Tests;

/// <summary>Pages of another origin, with keys that a browser may have.</summary>
public sealed class ShopPageTests(Shop shop, Chromium chromium) : IAsyncLifetime
{
    const string IngestKey = "pages-that-send", RecommendKey = "pages-that-ask";

    readonly ShopSite site = new();
    RunningApp app = null!;

    string Api => new Uri(app.Address, "/api/v1").ToString();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => app = await shop.BranchAsync(
        $"Host:CORS={site.Origin}",
        $"Host:Keys:send:Key={IngestKey}", "Host:Keys:send:Scopes=ingest",
        $"Host:Keys:ask:Key={RecommendKey}", "Host:Keys:ask:Scopes=recommend");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        site.Dispose();
    }

    [Fact]
    public async Task What_a_page_sends_as_it_is_left_arrives_once_and_is_confirmed_on_the_next_page()
    {
        await using var context = await chromium.NewContextAsync();
        var page = await OpenAsync(context, "ann");
        await page.EvaluateAsync("sasrec.send({ itemId: 'sent' })");
        Assert.True(await page.EvaluateAsync<bool>("sasrec.flush()"));
        Assert.Equal(0, await WaitingAsync(page));

        // In one task, so that nothing but the beacon can carry it.
        await page.EvaluateAsync($"() => {{ sasrec.clicked('r-1', 'left', 'purchase'); location.href = '{site.Origin}/empty'; }}");
        await InLogAsync("ann", "sent", "left");
        Assert.Equal(1, await page.EvaluateAsync<int>("JSON.parse(localStorage.getItem('sasrec.queue')).length"));
        await page.GotoAsync(site.Origin);
        await page.WaitForFunctionAsync("() => localStorage.getItem('sasrec.queue') === '[]'");
        await InLogAsync("ann", "sent", "left");
    }

    [Fact]
    public async Task An_outage_delays_events_and_loses_none()
    {
        await using var context = await chromium.NewContextAsync();
        var page = await OpenAsync(context, "bob");
        await context.RouteAsync("**/events?*", route => route.AbortAsync());
        await page.EvaluateAsync("sasrec.seen('r-2', ['one', 'two'])");
        await page.EvaluateAsync("sasrec.send({ itemId: 'three' })");
        Assert.False(await page.EvaluateAsync<bool>("sasrec.flush()"));
        await page.ReloadAsync();
        Assert.Equal(3, await WaitingAsync(page));
        await context.UnrouteAllAsync();
        await page.ReloadAsync();
        await page.WaitForFunctionAsync("() => localStorage.getItem('sasrec.queue') === '[]'");

        // Sightings are no part of a history.
        await InLogAsync("bob", "three");
    }

    [Fact]
    public async Task What_is_refused_is_told_and_the_rest_goes_on()
    {
        await using var context = await chromium.NewContextAsync();
        var page = await OpenAsync(context, "cleo");
        await page.EvaluateAsync("() => { window.refused = []; addEventListener('sasrec:refused', e => refused.push(...e.detail.events.map(event => event.itemId))); }");
        await page.EvaluateAsync("() => { sasrec.send({ itemId: 'good' }); sasrec.send({ itemId: 'bad', value: 'none' }); sasrec.send({ itemId: 'early', timestamp: '2190-01-01T00:00:00Z' }); }");
        await page.EvaluateAsync("sasrec.flush()");
        Assert.Equal(["bad"], await page.EvaluateAsync<string[]>("refused"));
        await InLogAsync("cleo", "good", "early");
    }

    [Fact]
    public async Task The_shop_in_TypeScript_sells_and_its_list_follows()
    {
        var sources = SourceTree.File("docs/shops/typescript");
        Assert.InRange((await File.ReadAllLinesAsync(Path.Combine(sources, "shop.ts"))).Length, 1, 99);
        using var folder = new ScratchFolder();
        File.Copy(Path.Combine(sources, "shop.ts"), folder.File("shop.ts"));
        Directory.CreateSymbolicLink(folder.File("node_modules"), await TypeScriptTools.InstalledAsync());
        await File.WriteAllTextAsync(folder.File("package.json"), """{"type": "module"}""");
        await NodeAsync(folder, "node_modules/openapi-typescript/bin/cli.js", $"{Api}/openapi.json", "-o", "api.d.ts");
        await NodeAsync(folder, "node_modules/typescript/bin/tsc", "--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck", "shop.ts");
        site.Put("/shop.js", "text/javascript", await File.ReadAllTextAsync(folder.File("shop.js")));
        site.Put("/shop", "text/html", (await File.ReadAllTextAsync(Path.Combine(sources, "index.html")))
            .Replace("RECOMMEND_KEY", RecommendKey, StringComparison.Ordinal).Replace("INGEST_KEY", IngestKey, StringComparison.Ordinal).Replace("API", Api, StringComparison.Ordinal));

        await using var context = await chromium.NewContextAsync();
        var complaints = new List<string>();
        var page = await context.NewPageAsync();
        page.PageError += (_, error) => complaints.Add(error);
        page.Console += (_, message) => complaints.AddRange(message.Type == "error" ? [message.Text] : []);
        await page.GotoAsync(site.Origin + "/shop");
        var rows = page.Locator("#for-you > li");
        await Expect(rows).ToHaveCountAsync(5);
        var bought = await rows.First.GetAttributeAsync("data-item");
        await rows.First.GetByText("Buy").ClickAsync();
        await Expect(page.Locator($"#for-you > li[data-item='{bought}']")).ToHaveCountAsync(0);
        await Expect(rows).ToHaveCountAsync(5);
        await rows.Nth(1).GetByText("More like this").ClickAsync();
        await Expect(page.Locator("#similar > li")).ToHaveCountAsync(3);
        Assert.Empty(complaints);
        await InLogAsync(await page.EvaluateAsync<string>("sasrec.user"), bought!);
    }

    static Task<int> WaitingAsync(IPage page) => page.EvaluateAsync<int>("JSON.parse(localStorage.getItem('sasrec.queue') ?? '[]').length");

    static async Task NodeAsync(ScratchFolder folder, params string[] arguments)
    {
        using var node = Process.Start(new ProcessStartInfo("node", arguments) { WorkingDirectory = folder.Path, RedirectStandardOutput = true })!;
        var said = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, said);
    }

    async Task<IPage> OpenAsync(IBrowserContext context, string user)
    {
        site.Put("/empty", "text/html", "<title>Elsewhere</title>");
        site.Put("/", "text/html", $"<title>A shop</title><script src='{Api}/sasrec.js' data-key='{IngestKey}' data-user='{user}'></script>");
        var page = await context.NewPageAsync();
        await page.GotoAsync(site.Origin);
        return page;
    }

    Task InLogAsync(string user, params string[] items) => Eventually.TrueAsync(
        async () => (await app.Client.GetFromJsonAsync<JsonElement>($"api/users/{user}")).GetProperty("interactions").EnumerateArray()
            .Select(e => e.GetProperty("itemId").GetString()!).Order(StringComparer.Ordinal).SequenceEqual(items.Order(StringComparer.Ordinal)),
        TimeSpan.FromSeconds(60));
}
