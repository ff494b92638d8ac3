using Microsoft.Playwright;
using SasRec.Core.Events;
using SasRec.Storage.Log;
using static Microsoft.Playwright.Assertions;

namespace SasRec.Browser.Tests;

public class NoModelTests(Chromium chromium, Shop shop)
{
    [Fact]
    public async Task Without_a_model_the_page_says_where_to_look_shows_what_is_popular_and_comes_alive_by_itself()
    {
        await using var bare = await RunningApp.StartAsync("Trainer:Command=true");
        await using var visit = await PageVisit.OpenAsync(chromium, bare, "playground", width: 390);
        await Expect(visit.Page.GetByText("No model serves yet.")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "Health" })).ToHaveAttributeAsync("href", "#health");
        await Expect(visit.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Train now" })).ToHaveAttributeAsync("href", "#models");

        await bare.Get<InteractionLog>().AppendAsync([.. Enumerable.Range(1, 12).SelectMany(item => Enumerable.Range(0, item).Select(user => new Interaction
        {
            EventId = $"{user} {item}", UserId = $"user {99 - user}", ItemId = $"item {item}", Timestamp = DateTimeOffset.UtcNow.AddDays(-1),
        }))]);
        await Expect(visit.Page.GetByText("The list is what is popular")).ToBeVisibleAsync();
        await Expect(visit.Slots.First).ToBeVisibleAsync();
        Assert.Empty(await visit.SeriousAsync());

        // Items go by their ids where there is no catalogue.
        await Expect(visit.Page.GetByText("There is no catalogue")).ToBeVisibleAsync();
        await visit.Page.GetByLabel("Search").FillAsync("item 7");
        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "View", Exact = true }).ClickAsync();
        await Expect(visit.Page.Locator(".acts > li").First).ToContainTextAsync("item 7");

        await shop.PublishAsync(bare);
        await Expect(visit.Page.GetByText("The list is what is popular")).ToBeHiddenAsync();
    }
}
