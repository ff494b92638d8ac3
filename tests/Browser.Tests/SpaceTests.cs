using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SasRec.Browser.Tests;

public class SpaceTests(Chromium chromium)
{
    [Fact]
    public async Task The_page_names_the_space_of_its_key_and_tells_its_state()
    {
        await using var app = await RunningApp.StartAsync("Spaces:Names=outdoor", "Host:Keys:outdoor:Key=outdoor.a-secret", "Host:Keys:outdoor:Scopes=ingest,recommend,read,operate");
        await using var visit = await PageVisit.OpenAsync(chromium, app, "health", unlocked: false);
        await visit.Page.GetByLabel("Key", new PageGetByLabelOptions { Exact = true }).FillAsync("outdoor.a-secret");
        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Open" }).ClickAsync();

        await Expect(visit.Page.GetByTitle("The space of your key")).ToHaveTextAsync("outdoor");
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToHaveTextAsync("Health of outdoor");

        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Forget the function key" }).ClickAsync();
        await visit.Page.GetByLabel("Key", new PageGetByLabelOptions { Exact = true }).FillAsync(RunningApp.Key);
        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Open" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToHaveTextAsync("Health");
        await Expect(visit.Page.GetByTitle("The space of your key")).ToHaveCountAsync(0);
    }
}
