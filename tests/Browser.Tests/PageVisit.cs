using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SasRec.Browser.Tests;

/// <summary>Somebody at the page, with whatever the browser had to complain about.</summary>
sealed class PageVisit : IAsyncDisposable
{
    static readonly string AxeSource = File.ReadAllText(RepositoryFile("node_modules/axe-core/axe.min.js"));

    readonly IBrowserContext context;
    readonly List<string> crashes = []; // exceptions that nothing caught

    PageVisit(IBrowserContext context, IPage page)
    {
        (this.context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                Complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => crashes.Add(error);
    }

    public IPage Page { get; }

    /// <summary>What stood in the browser's console as an error.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>The recommended items, first rank first.</summary>
    public ILocator Slots => Page.Locator(".slate > li");

    public static async Task<PageVisit> OpenAsync(
        Chromium chromium, RunningApp app, string section, bool unlocked = true, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await chromium.NewContextAsync(width, 850, scheme);
        if (unlocked)
        {
            await context.AddInitScriptAsync($"sessionStorage.getItem('sasrec.key') ?? sessionStorage.setItem('sasrec.key', '{RunningApp.Key}')");
        }

        var visit = new PageVisit(context, await context.NewPageAsync());
        await visit.Page.AddInitScriptAsync(AxeSource);
        await visit.Page.GotoAsync(new Uri(app.Address, $"/api/page/#{section}").AbsoluteUri);
        return visit;
    }

    /// <summary>Waits for a list of recommendations that is not being changed.</summary>
    public async Task ListIsThereAsync()
    {
        await Expect(Page.Locator("section[aria-busy=false] .slate > li").First).ToBeVisibleAsync();
        await Expect(Slots).ToHaveCountAsync(10);
    }

    /// <summary>Becomes a visitor of the page, whose clicks are events, and waits for the first list.</summary>
    public async Task BeginAsync()
    {
        await ListIsThereAsync();
        await Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Start without a history" }).ClickAsync();
        await Expect(Page.GetByText("A visitor of this page")).ToBeVisibleAsync();
        await ListIsThereAsync();
        await Expect(Page.GetByText("logged with its odds")).ToBeVisibleAsync();
    }

    /// <summary>The ids of the recommended items, in their order.</summary>
    public async Task<string[]> ListAsync() =>
        await Slots.EvaluateAllAsync<string[]>("rows => rows.map(row => row.dataset.key)");

    /// <summary>What axe finds that is serious or critical, one line each.</summary>
    public Task<string[]> SeriousAsync() => Page.EvaluateAsync<string[]>(
        """
        async () => (await axe.run()).violations
          .filter(violation => ["serious", "critical"].includes(violation.impact))
          .flatMap(violation => violation.nodes.map(node => `${violation.id}: ${node.target} ${node.failureSummary}`))
        """);

    /// <summary>Leaves, and fails where anything was thrown on the page that nothing caught.</summary>
    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        Assert.Empty(crashes);
    }

    static string RepositoryFile(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "package.json")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("There is no package.json above the tests.");
        }

        return Path.Combine(folder.FullName, name);
    }
}
