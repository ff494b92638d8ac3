using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SasRec.Core.Events;
using SasRec.Storage.Log;
using static Microsoft.Playwright.Assertions;

namespace SasRec.Browser.Tests;

public class PlaygroundTests(Chromium chromium, Shop shop)
{
    // What the random share leaves of certainty.
    static readonly Regex NearlyCertain = new("height: (100|99.*)%;");

    [Fact]
    public async Task It_opens_on_somebody_with_a_history_and_the_list_comes_first_on_a_phone()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "playground", width: 390);
        await visit.ListIsThereAsync();
        await Expect(visit.Slots.Filter(new LocatorFilterOptions { HasText = "because of" }).First).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".acts > li").First).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("a preview, not logged")).ToBeVisibleAsync();
        var (list, who) = (await visit.Slots.First.BoundingBoxAsync(), await visit.Page.Locator(".play-who").BoundingBoxAsync());
        Assert.True(list!.Y < 500 && list.Y < who!.Y, $"The list begins at {list.Y}.");

        // Whose list is looked at is shown nothing: there is no row of it.
        var user = await visit.Page.Locator(".who").First.TextContentAsync();
        await foreach (var slate in shop.App.Get<ImpressionLog>().ScanSlatesAsync(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow))
        {
            Assert.False(slate.Impression.UserId == user && slate.Impression.Placement == "playground");
        }

        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task A_click_for_somebody_of_the_log_is_tried_out_and_not_sent()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "playground");
        await visit.ListIsThereAsync();
        var user = (await visit.Page.Locator(".who").First.TextContentAsync())!;
        var (before, known) = (await visit.ListAsync(), (await shop.App.Get<InteractionLog>().NewestAsync(user, 100)).Count);
        await visit.Slots.First.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(visit.Page.GetByText("tried here")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".said")).ToBeVisibleAsync();
        await visit.ListIsThereAsync();
        Assert.DoesNotContain(before[0], await visit.ListAsync());
        Assert.Equal(known, (await shop.App.Get<InteractionLog>().NewestAsync(user, 100)).Count);
    }

    [Fact]
    public async Task Another_placement_shows_its_own_policy_until_a_slider_is_moved()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "playground/cold");
        await visit.ListIsThereAsync();
        await Expect(visit.Page.GetByLabel("Placement")).ToHaveValueAsync("cold");
        await Expect(visit.Page.GetByRole(AriaRole.Slider, new PageGetByRoleOptions { Name = "Temperature" })).ToHaveValueAsync("0");
        await visit.Page.GetByRole(AriaRole.Slider, new PageGetByRoleOptions { Name = "Temperature" }).FillAsync("60");
        await Expect(visit.Page.GetByText("in place of the placement's own policy")).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Reset" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Slider, new PageGetByRoleOptions { Name = "Temperature" })).ToHaveValueAsync("0");
    }

    [Fact]
    public async Task Whoever_is_forgotten_can_be_followed_until_nothing_is_left()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "playground");
        await visit.BeginAsync();
        await visit.Slots.First.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(visit.Page.Locator(".act-state.stored")).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Forget this user" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Forget", Exact = true }).ClickAsync();
        var deletion = visit.Page.Locator("section[aria-labelledby=deletion-title]");
        await Expect(deletion).ToContainTextAsync("under way");
        await Expect(deletion.Locator("dd").First).ToContainTextAsync("done");
        Assert.Empty(await visit.SeriousAsync());
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Titles_are_kept_apart_and_take_two_lines_at_most()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "playground", width: 390);
        await visit.BeginAsync();
        var search = visit.Page.GetByLabel("Search");
        await search.FillAsync("word of long");
        var found = visit.Page.Locator(".found .title");
        await Expect(found).ToHaveCountAsync(1);
        var box = await found.BoundingBoxAsync();
        Assert.InRange(box!.Height, 1, 50);
        await search.FillAsync("\u0645\u0631\u062d\u0628\u0627");
        await Expect(found.First).ToHaveTextAsync(Shop.RightToLeft);
        await visit.Page.Locator(".found button").First.ClickAsync();
        await Expect(visit.Page.Locator(".said")).ToContainTextAsync($"After \u2068{Shop.RightToLeft}\u2069: ");
        Assert.Equal("isolate", await visit.Page.Locator(".acts .title").First.EvaluateAsync<string>("title => getComputedStyle(title).unicodeBidi"));
        Assert.True(await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
    }

    [Fact]
    public async Task A_click_moves_the_list_and_is_an_event_in_the_table()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "playground");
        await visit.BeginAsync();
        var before = await visit.ListAsync();
        var user = await visit.Page.Locator(".who").First.TextContentAsync();
        await visit.Slots.Nth(2).GetByRole(AriaRole.Button).ClickAsync();
        await Expect(visit.Page.Locator(".act-state.stored")).ToBeVisibleAsync();
        await visit.ListIsThereAsync();
        var after = await visit.ListAsync();
        Assert.NotEqual(before, after);
        Assert.DoesNotContain(before[2], after);
        await Expect(visit.Page.Locator(".said")).ToContainTextAsync("because of it");

        var row = Assert.Single(await shop.App.Get<InteractionLog>().NewestAsync(user!, 10));
        Assert.Equal((before[2], "recommendation"), (row.ItemId, row.Source));
        Assert.NotNull(row.RecommendationId);
        await Eventually.TrueAsync(
            async () => await shop.App.Get<ImpressionLog>().GetAsync(row.RecommendationId) is { } shown
                && shown.Items.Select(item => item.ItemId).SequenceEqual(before),
            TimeSpan.FromSeconds(30));
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task What_was_on_screen_is_told_as_seen_and_nothing_else_is()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "playground", width: 390);
        await visit.BeginAsync();
        var user = await visit.Page.Locator(".who").First.TextContentAsync();
        var list = await visit.ListAsync();
        await visit.Slots.Nth(2).ScrollIntoViewIfNeededAsync();

        string[] seen = [];
        await Eventually.TrueAsync(
            async () =>
            {
                await foreach (var slate in shop.App.Get<ImpressionLog>().ScanSlatesAsync(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow))
                {
                    if (slate.Impression.UserId == user)
                    {
                        seen = [.. slate.Events.Where(e => e.Type == Sighting.Type).Select(e => e.ItemId)];
                    }
                }

                return seen.Contains(list[2]);
            },
            TimeSpan.FromSeconds(30));
        Assert.Subset(list.ToHashSet(), seen.ToHashSet());
        Assert.DoesNotContain(list[9], seen);
        Assert.Empty(await shop.App.Get<InteractionLog>().NewestAsync(user!, 10));
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task A_list_says_which_history_it_comes_from()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "playground");
        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = new("^user-") }).First.ClickAsync();
        await Expect(visit.Page.Locator(".acts > li").First).ToBeVisibleAsync();
        await visit.ListIsThereAsync();
        await Expect(visit.Slots.Filter(new LocatorFilterOptions { HasText = "because of" }).First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_slider_spreads_the_chances_and_shows_the_list_only_when_it_is_let_go()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "playground");
        await visit.BeginAsync();
        var first = visit.Page.Locator(".bar > span").First;
        var slider = visit.Page.GetByRole(AriaRole.Slider, new PageGetByRoleOptions { Name = "Temperature" });
        await slider.FillAsync("0");
        await Expect(first).ToHaveAttributeAsync("style", NearlyCertain);
        var greedy = await visit.ListAsync();

        // As a pointer does it that has not let go yet.
        await slider.EvaluateAsync("slider => { slider.value = 100; slider.dispatchEvent(new Event('input', { bubbles: true })); }");
        await Expect(visit.Page.GetByText("preview, not logged")).ToBeVisibleAsync();
        await Expect(first).Not.ToHaveAttributeAsync("style", NearlyCertain);
        await slider.EvaluateAsync("slider => slider.dispatchEvent(new Event('change', { bubbles: true }))");
        await Expect(visit.Page.GetByText("preview, not logged")).ToBeHiddenAsync();
        Assert.NotEqual(greedy, await visit.ListAsync());
    }

    [Fact]
    public async Task A_filter_leaves_only_its_category()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "playground");
        await visit.ListIsThereAsync();
        var filter = visit.Page.Locator(".filters .chip").First;
        await filter.ClickAsync();
        await Expect(filter).ToHaveAttributeAsync("aria-pressed", "true");
        var category = await filter.TextContentAsync();
        await Eventually.TrueAsync(
            async () => (await visit.ListAsync()) is { Length: > 0 } list && list.All(item => shop.Categories[item] == category), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_title_with_markup_in_it_stays_text()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "playground");
        await visit.ListIsThereAsync();
        await visit.Page.GetByLabel("Search").FillAsync("onerror");
        await visit.Page.Locator(".found button").First.ClickAsync();
        await Expect(visit.Page.Locator(".acts > li").First).ToContainTextAsync(Shop.Markup);
        Assert.Equal(0, await visit.Page.Locator("img").CountAsync());
        Assert.StartsWith("Playground", await visit.Page.TitleAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_keyboard_is_enough()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "playground");
        await visit.BeginAsync();
        var first = (await visit.ListAsync())[0];
        await visit.Slots.First.GetByRole(AriaRole.Button).FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator(".acts > li")).ToHaveCountAsync(1);
        await visit.ListIsThereAsync();
        Assert.DoesNotContain(first, await visit.ListAsync());
    }
}
