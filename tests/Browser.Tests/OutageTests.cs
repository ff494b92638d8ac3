using Microsoft.Playwright;
using SasRec.Azurite;
using static Microsoft.Playwright.Assertions;

namespace SasRec.Browser.Tests;

public class OutageTests(Chromium chromium, Shop shop)
{
    [Fact]
    public async Task Storage_that_stops_while_the_page_is_open_is_told_and_lists_go_on()
    {
        await using var azurite = await AzuriteServer.StartAsync(cancellation: TestContext.Current.CancellationToken);
        await using var branch = await RunningApp.StartAsync(azurite, "Trainer:Command=true", "Health:Timeout=00:00:00.5");
        await shop.PublishAsync(branch);
        await using var health = await PageVisit.OpenAsync(chromium, branch, "health");
        await using var play = await PageVisit.OpenAsync(chromium, branch, "playground");
        await play.BeginAsync();
        await Expect(health.Page.GetByText("Everything works.")).ToBeVisibleAsync();
        await azurite.DisposeAsync();

        await Expect(health.Page.GetByText("Not everything works.")).ToBeVisibleAsync();
        await Expect(health.Page.Locator("[aria-labelledby=storage-title] .tag.bad")).ToHaveCountAsync(3);

        // What is not known is not told as a number, and what still works is.
        await Expect(health.Page.Locator("[aria-labelledby=queues-title] .value")).ToHaveTextAsync(["unknown", "unknown", "unknown"]);
        await Expect(health.Page.Locator("[aria-labelledby=model-title]")).ToContainTextAsync("unknown");
        await Expect(health.Page.GetByText("The record of trainings cannot be read now.")).ToBeVisibleAsync();
        await Expect(health.Page.Locator("[aria-labelledby=works-title] .tag")).ToHaveTextAsync(
            ["limited", "works", "stands still", "stands still", "stands still"]);

        // The list is drawn from the history that the page brings; the event is refused, and the page says so.
        var before = await play.ListAsync();
        await play.Slots.First.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(play.Page.Locator(".act-state.failed")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(play.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Storage");
        await Expect(play.Page.GetByText("could not be logged")).ToBeVisibleAsync();
        Assert.NotEqual(before, await play.ListAsync());
    }
}
