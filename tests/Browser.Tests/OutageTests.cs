using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SasRec.Browser.Tests;

public class OutageTests(Chromium chromium, Shop shop)
{
    [Fact]
    public async Task Storage_that_stops_while_the_page_is_open_is_told_and_lists_go_on()
    {
        await using var branch = await shop.BranchAsync();
        await using var health = await PageVisit.OpenAsync(chromium, branch, "health");
        await using var play = await PageVisit.OpenAsync(chromium, branch, "playground");
        await play.ListIsThereAsync();
        await Expect(health.Page.GetByText("Everything works.")).ToBeVisibleAsync();
        await branch.LoseStorageAsync();

        await Expect(health.Page.GetByText("It does not work.")).ToBeVisibleAsync();
        await Expect(health.Page.Locator(".services .tag.bad")).ToHaveCountAsync(3);

        // The list is drawn from the history that the page brings; the event is refused, and the page says so.
        var before = await play.ListAsync();
        await play.Slots.First.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(play.Page.Locator(".act-state.failed")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(play.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Storage");
        Assert.NotEqual(before, await play.ListAsync());
    }
}
