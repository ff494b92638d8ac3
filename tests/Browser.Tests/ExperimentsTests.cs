using Microsoft.Playwright;
using SasRec.Core.Events;
using SasRec.Core.Experiments;
using SasRec.Storage.Log;
using static Microsoft.Playwright.Assertions;

namespace SasRec.Browser.Tests;

public class ExperimentsTests(Chromium chromium, Shop shop)
{
    [Fact]
    public async Task An_experiment_is_planned_started_looked_at_and_shipped()
    {
        await using var branch = await shop.BranchAsync();
        await FilledAsync(branch);
        await using var visit = await PageVisit.OpenAsync(chromium, branch, "experiments");
        var page = visit.Page;
        var dialog = page.GetByRole(AriaRole.Dialog);
        ILocator Button(ILocator within, string name) => within.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = name, Exact = true });

        await Button(page.Locator("main"), "New experiment").ClickAsync();
        await dialog.GetByLabel("Name", new LocatorGetByLabelOptions { Exact = true }).FillAsync("warmer home");
        await dialog.GetByLabel("Placement, empty for all").FillAsync("home");
        await dialog.GetByLabel("The other arm is called").FillAsync("warmer");
        await dialog.GetByLabel("Or its temperature").FillAsync("1.5");
        await dialog.GetByLabel("Your name").FillAsync("ann");
        await dialog.GetByLabel("Why").FillAsync("does it pay");
        await Button(dialog, "Plan it").ClickAsync();
        var card = page.Locator("section", new PageLocatorOptions { HasText = "warmer home" });
        await Expect(card).ToContainTextAsync("warmer · 50%temperature 1.5");

        await MoveAsync("Start", "Start");
        await Expect(card.Locator(".experiment-verdict")).ToContainTextAsync("Too early to compare warmer with as it is");

        var seen = page.Locator("section", new PageLocatorOptions { HasText = "seen" });
        await Expect(seen.Locator(".experiment-verdict")).ToContainTextAsync("b is better than a by", new LocatorAssertionsToContainTextOptions { Timeout = 45_000 });
        await Expect(seen.Locator(".interval.better")).ToBeVisibleAsync();
        foreach (var width in new[] { 390, 1440 })
        {
            await page.SetViewportSizeAsync(width, 850);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
                Assert.Empty(await visit.SeriousAsync());
                Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"It is wider than {width}.");
            }
        }

        await MoveAsync("Ship an arm", "Ship");
        await Expect(card).ToContainTextAsync("as it is was shipped");
        Assert.Empty(visit.Complaints);

        async Task MoveAsync(string open, string confirm)
        {
            await Button(card, open).ClickAsync();
            await dialog.GetByLabel("Your name").FillAsync("ann");
            await dialog.GetByLabel("Why").FillAsync("because");
            await Button(dialog, confirm).ClickAsync();
        }
    }

    /// <summary>An experiment with a difference in the ledger: of b two users in three act, of a one in ten.</summary>
    static async Task FilledAsync(RunningApp app)
    {
        var arms = new[] { new { name = "a", share = 0.5 }, new { name = "b", share = 0.5 } };
        await app.SendAsync(HttpMethod.Put, "/api/experiments/seen", new { windowSeconds = 1, arms, reason = "a test" });
        await app.SendAsync(HttpMethod.Post, "/api/experiments/seen/start", new { reason = "go" });
        var plan = new Experiment { Id = "seen", Arms = [new ExperimentArm("a", 0.5), new ExperimentArm("b", 0.5)] };
        var now = DateTimeOffset.UtcNow;
        Impression[] slates =
        [
            .. Enumerable.Range(0, 260).Select(i => new Impression
            {
                RecommendationId = RecommendationId.New(TimeProvider.System),
                UserId = $"user {i}",
                ServedAt = now,
                ModelVersion = "m",
                Recommender = "sasrec",
                Temperature = 1,
                Epsilon = 0,
                Seed = 0,
                EligibleCount = 10,
                Experiments = [new AssignedArm("seen", ArmAssignment.Of(plan, $"user {i}")!.Name)],
                Milliseconds = 2,
                Items = [new ServedItem("an item", 1, 1, 1, false)],
            }),
        ];
        await app.Get<ImpressionLog>().AppendAsync(slates);
        await app.SendAsync(HttpMethod.Post, "/api/events", new
        {
            events = slates.Index().Where(slate => slate.Item.Experiments![0].Arm == "b" ? slate.Index % 3 > 0 : slate.Index % 10 == 0).Select(slate => slate.Item)
                .Select(slate => new { userId = slate.UserId, itemId = "an item", type = "purchase", timestamp = now, recommendationId = slate.RecommendationId }),
        });
    }
}
