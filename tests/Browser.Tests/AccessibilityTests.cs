using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SasRec.Browser.Tests;

public class AccessibilityTests(Chromium chromium, Shop shop)
{
    [Theory]
    [InlineData("playground")]
    [InlineData("models")]
    [InlineData("rules")]
    [InlineData("experiments")]
    [InlineData("insights")]
    [InlineData("health")]
    public async Task Axe_finds_nothing_serious_and_nothing_sticks_out_in_light_and_dark_on_a_phone_and_a_desk(string section)
    {
        await shop.HasInsightsAsync();
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, section);

        // A section has groups, or says that there are none.
        await Expect(visit.Page.Locator("main h2, main strong").First).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".skeleton")).ToHaveCountAsync(0);
        foreach (var width in new[] { 390, 1440 })
        {
            await visit.Page.SetViewportSizeAsync(width, 850);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await visit.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
                Assert.Empty(await visit.SeriousAsync());
                Assert.True(
                    await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"It is wider than {width}.");
            }
        }

        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Axe_finds_nothing_serious_where_the_key_is_asked_for()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "playground", unlocked: false, width: 390);
        await Expect(visit.Page.GetByLabel("Key", new PageGetByLabelOptions { Exact = true })).ToBeVisibleAsync();
        Assert.Empty(await visit.SeriousAsync());
    }
}
