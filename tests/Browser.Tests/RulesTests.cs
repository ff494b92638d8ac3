using Microsoft.Playwright;
using SasRec.Storage.Rules;
using static Microsoft.Playwright.Assertions;

namespace SasRec.Browser.Tests;

public class RulesTests(Chromium chromium, Shop shop)
{
    [Fact]
    public async Task Rules_are_written_tried_changed_put_back_and_ended_with_who_and_why()
    {
        var pinned = shop.Categories.Keys.Order(StringComparer.Ordinal).Last();
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "rules", width: 390);
        await visit.Page.GetByLabel("Placement").FillAsync("window");
        await Button("Write rules").ClickAsync();
        await Button("Pin an item").ClickAsync();
        await visit.Page.GetByLabel("Item of pin 1").FillAsync(pinned);
        await Button("Add a boost").ClickAsync();
        await visit.Page.GetByLabel("Amount of boost 1").FillAsync("-1.5");
        await visit.Page.GetByLabel("Subject of condition 1 of boost 1").SelectOptionAsync("attribute");
        await visit.Page.GetByLabel("Name of condition 1 of boost 1").FillAsync("colour");
        await visit.Page.GetByLabel("Values of condition 1 of boost 1").FillAsync("red, \"5\"");
        await visit.Page.GetByLabel("At most of any category").FillAsync("3");
        await visit.Page.GetByLabel("Diversity").FillAsync("0.5");
        foreach (var width in new[] { 390, 1440 })
        {
            await visit.Page.SetViewportSizeAsync(width, 850);
            Assert.Empty(await visit.SeriousAsync());
            Assert.True(await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"It is wider than {width}.");
        }

        await SaveAsync("ann", "the window of spring");
        var card = visit.Page.Locator("section[aria-labelledby=rules-window]");
        await Expect(card.Locator(".rule-lines > li")).ToHaveCountAsync(4);
        await Expect(card).ToContainTextAsync("Bury by 1.5: colour is red or \"5\"");
        await Expect(card).ToContainTextAsync("By ann");
        var kept = (await shop.App.Get<RuleStore>().CurrentAsync()).Of("window")!;
        Assert.Equal((pinned, 1, 3, 0.5), (kept.Rules!.Pins[0].ItemId, kept.Rules.Pins[0].Rank, kept.Rules.MaxPerCategory, kept.Rules.Diversity));
        Assert.Equal(["red", "5"], kept.Rules.Boosts[0].Where[0].OneOf!.Select(value => value.Text));

        // The list of the placement has the pinned item first, and says so.
        await card.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "Try" }).ClickAsync();
        await Expect(visit.Slots.First.GetByText("pinned")).ToBeVisibleAsync();
        Assert.Equal(pinned, (await visit.ListAsync())[0]);
        await visit.Page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "Rules" }).ClickAsync();

        await card.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { NameRegex = new("^Edit") }).ClickAsync();
        await visit.Page.GetByLabel("Diversity").FillAsync("2");
        await SaveAsync("bob", "more of everything");
        await Expect(card).ToContainTextAsync("Diversity 2");
        await card.GetByText("Earlier versions").ClickAsync();
        await card.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { NameRegex = new($"^Put back version {kept.Version}") }).ClickAsync();
        await AnswerAsync("cat", "Put it back");
        await Expect(card).ToContainTextAsync("Diversity 0.5");
        await Expect(card).ToContainTextAsync($"back to version {kept.Version}");
        await card.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "End", Exact = true }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Dialog).GetByLabel("Why").FillAsync("over");
        await AnswerAsync("dan", "End them");
        await Expect(card).ToHaveCountAsync(0);
        Assert.Equal(
            [("dan", "over"), ("cat", $"back to version {kept.Version}"), ("bob", "more of everything"), ("ann", "the window of spring")],
            (await shop.App.Get<RuleStore>().CurrentAsync()).History.Where(change => change.Placement == "window").Select(change => (change.By, change.Reason)));
        Assert.Empty(visit.Complaints);

        ILocator Button(string name) => visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

        async Task SaveAsync(string by, string why)
        {
            await visit.Page.GetByLabel("Your name").FillAsync(by);
            await visit.Page.GetByLabel("Why").FillAsync(why);
            await Button("Save").ClickAsync();
        }

        async Task AnswerAsync(string by, string action)
        {
            await visit.Page.GetByRole(AriaRole.Dialog).GetByLabel("Your name").FillAsync(by);
            await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = action }).ClickAsync();
        }
    }

    [Fact]
    public async Task What_somebody_else_changed_meanwhile_is_not_overwritten()
    {
        var store = shop.App.Get<RuleStore>();
        await store.ChangeAsync(new RuleChange(0, "shelf", new() { MaxPerCategory = 2 }, "ann", "two of each", DateTimeOffset.UtcNow));
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "rules");
        var card = visit.Page.Locator("section[aria-labelledby=rules-shelf]");
        await card.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { NameRegex = new("^Edit") }).ClickAsync();
        await store.ChangeAsync(new RuleChange(0, "shelf", new() { MaxPerCategory = 1 }, "bob", "one of each", DateTimeOffset.UtcNow));
        await visit.Page.GetByLabel("Diversity").FillAsync("1");
        await visit.Page.GetByLabel("Your name").FillAsync("ann");
        await visit.Page.GetByLabel("Why").FillAsync("more");
        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("somebody else has changed them");
        Assert.Equal("bob", (await store.CurrentAsync()).Of("shelf")!.By);
    }
}
