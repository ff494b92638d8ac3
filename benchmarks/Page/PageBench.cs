using System.CommandLine;
using System.Globalization;
using Microsoft.Playwright;

namespace SasRec.Bench.Page;

/// <summary>How the page feels in Chromium, application and storage on the same machine.</summary>
/// <param name="FirstPaintMs">From the address to the painted list of recommendations, nothing cached; median.</param>
/// <param name="FirstContentMs">From the address to the first painted content; median.</param>
/// <param name="InteractionMs">From a click on an item to the painted list that follows from it, without the time of the API; median.</param>
/// <param name="ApiMs">What the API took of it; median.</param>
/// <param name="GzipBytes">Everything that the page loads, as it is sent.</param>
/// <param name="Loads">How many loads and clicks the medians are of.</param>
sealed record PageMeasures(double FirstPaintMs, double FirstContentMs, double InteractionMs, double ApiMs, long GzipBytes, int Loads);

/// <summary>Measures the page and takes its pictures.</summary>
sealed class PageBench : BenchVerb<PageMeasures>
{
    const int Loads = 9;

    static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    // Notes when the list was painted, and how long the page's own work took after a click.
    const string Watch =
        """
        window.measured = { clicks: [] };
        const painted = (then) => requestAnimationFrame(() => setTimeout(() => then(performance.now())));
        let clicked;
        addEventListener("click", (event) => { if (event.target.closest(".slot")) clicked = event.timeStamp; }, true);
        new MutationObserver(() => {
          const list = document.querySelector(".slate > li");
          if (list && measured.list === undefined) {
            measured.list = 0;
            painted((at) => { measured.list = at; });
          }
          const answers = performance.getEntriesByType("resource").filter((entry) => entry.name.endsWith("/recommendations"));
          const answer = answers.at(-1);
          if (clicked !== undefined && answer && answer.startTime >= clicked && document.querySelector("section[aria-busy=false] .slate")) {
            const from = clicked;
            clicked = undefined;
            painted((at) => { measured.clicks.push({ all: at - from, api: answer.responseEnd - answer.startTime }); });
          }
        }).observe(document, { subtree: true, childList: true, attributes: true });
        """;

    readonly Option<DirectoryInfo> pictures = new("--pictures") { Description = "Also take pictures of every section into this folder." };
    readonly Option<Uri?> host = new("--host")
    {
        Description = "The address of an application that runs already; else one is started.",
        CustomParser = found => Uri.TryCreate(found.Tokens[0].Value, UriKind.Absolute, out var address) ? address : null,
    };
    readonly Option<string> key = new("--key") { Description = "Its function key." };

    public PageBench()
        : base("page", "How soon the page is painted, how soon it follows a click, and how much it loads.")
    {
        Add(pictures);
        Add(host);
        Add(key);
    }

    protected override PageMeasures Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation) =>
        MeasureAsync(parsed, progress, cancellation).GetAwaiter().GetResult();

    protected override string Table(PageMeasures result) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        first useful paint   {result.FirstPaintMs,8:f0} ms   the list of recommendations, nothing cached
        first content        {result.FirstContentMs,8:f0} ms
        click to new list    {result.InteractionMs,8:f0} ms   beside the API's {result.ApiMs:f0} ms
        loaded               {result.GzipBytes / 1000.0,8:f1} KB   compressed
        medians of {result.Loads}
        """);

    async Task<PageMeasures> MeasureAsync(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        using var app = parsed.GetValue(host) is { } elsewhere
            ? LocalApp.At(elsewhere, parsed.GetValue(key) ?? "")
            : await LocalApp.StartAsync(progress, cancellation);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Places.FirstOrDefault(File.Exists) ?? throw new FileNotFoundException($"There is no Chromium at {string.Join(" or ", Places)}."),
            ChromiumSandbox = !Environment.IsPrivilegedProcess,
        });
        List<double> lists = [], contents = [], clicks = [], apis = [];
        var bytes = 0L;
        for (var load = 0; load < Loads; load++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (measured, loaded) = await LoadAsync(browser, app);
            bytes = loaded;
            lists.Add(measured.List);
            contents.Add(measured.Content);
            clicks.Add(measured.Click - measured.Api);
            apis.Add(measured.Api);
        }

        if (parsed.GetValue(pictures) is { } folder)
        {
            await new PagePictures(browser, app, progress).TakeAsync(folder, cancellation);
        }

        return new PageMeasures(Median(lists), Median(contents), Median(clicks), Median(apis), bytes, Loads);
    }

    static async Task<(Load Measured, long Bytes)> LoadAsync(IBrowser browser, LocalApp app)
    {
        // The page's policy forbids strings as code, which is how the driver waits on conditions.
        await using var context = await browser.NewContextAsync(new BrowserNewContextOptions { BypassCSP = true });
        await context.AddInitScriptAsync($"sessionStorage.setItem('sasrec.key', '{app.Key}');{Watch}");
        var page = await context.NewPageAsync();
        var requests = new List<IRequest>();
        page.RequestFinished += (_, request) => requests.Add(request);
        await page.GotoAsync(new Uri(app.Address, "/api/page/#playground").AbsoluteUri);
        await page.WaitForFunctionAsync("measured.list > 0 && document.querySelector('section[aria-busy=false] .slate')");
        await page.Locator(".slot").Nth(3).ClickAsync();
        await page.WaitForFunctionAsync("measured.clicks.length > 0");
        var measured = await page.EvaluateAsync<Load>(
            """
            () => ({
              list: measured.list,
              content: performance.getEntriesByName("first-contentful-paint")[0].startTime,
              click: measured.clicks[0].all,
              api: measured.clicks[0].api,
            })
            """);
        var bytes = 0L;
        foreach (var request in requests.ToArray().Where(request => request.Url.Contains("/api/page/", StringComparison.Ordinal)))
        {
            bytes += (await request.SizesAsync()).ResponseBodySize;
        }

        return (measured, bytes);
    }

    static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>Milliseconds of one load and one click.</summary>
    sealed class Load
    {
        public double List { get; set; }

        public double Content { get; set; }

        public double Click { get; set; }

        public double Api { get; set; }
    }
}
