using Microsoft.Playwright;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Models;
using SasRec.Storage.Training;
using static Microsoft.Playwright.Assertions;

namespace SasRec.Browser.Tests;

public class OperatorTests(Chromium chromium, Shop shop)
{
    [Fact]
    public async Task A_roll_back_asks_first_and_then_moves_the_pointer()
    {
        await using var branch = await shop.BranchAsync();
        var registry = branch.Get<ModelRegistry>();
        var older = (await registry.CurrentAsync())!.Pointer.Version;
        using var folder = new ScratchFolder();
        var manifest = await registry.DownloadAsync(older, folder.Path);
        var newer = await registry.PublishAsync(
            manifest with { Version = "", CreatedAt = DateTimeOffset.UtcNow.AddSeconds(2) }, manifest.Files.Keys.ToDictionary(name => name, folder.File));
        await registry.ActivateAsync(newer.Version, "test", "the newer one");

        await using var visit = await PageVisit.OpenAsync(chromium, branch, "models");
        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = new("^Let it serve") }).ClickAsync();
        var dialog = visit.Page.GetByRole(AriaRole.Dialog, new PageGetByRoleOptions { Name = "Roll back?" });
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Leave as it is" }).ClickAsync();
        Assert.Equal(newer.Version, (await registry.CurrentAsync())!.Pointer.Version);

        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = new("^Let it serve") }).ClickAsync();
        await dialog.GetByLabel("Your name").FillAsync("ann");
        await dialog.GetByLabel("Why").FillAsync("the newer one forgets");
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Roll back" }).ClickAsync();
        await Expect(visit.Page.Locator(".moves > li").First).ToContainTextAsync("by ann · the newer one forgets");
        Assert.Equal(older, (await registry.CurrentAsync())!.Pointer.Version);
        await branch.ServesAsync(older, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task The_model_that_serves_stands_beside_its_baselines_and_its_verdict()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "models");
        await Expect(visit.Page.Locator(".compared .own")).ToContainTextAsync("this model");
        await Expect(visit.Page.Locator(".compared > div")).Not.ToHaveCountAsync(1);
        await Expect(visit.Page.GetByText("passed the gate").First).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("ol.fold > li").First).ToContainTextAsync("published");
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task What_was_shown_and_acted_on_is_told_with_its_interval()
    {
        await using (var click = await PageVisit.OpenAsync(chromium, shop.App, "playground"))
        {
            await click.BeginAsync();
            await click.Slots.First.GetByRole(AriaRole.Button).ClickAsync();
            await Expect(click.Page.Locator(".act-state.stored")).ToBeVisibleAsync();
        }

        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "insights");
        await Expect(visit.Page.GetByText("Acted on when shown")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Rowheader, new PageGetByRoleOptions { Name = "Place 1", Exact = true })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("not enough support").First).ToBeVisibleAsync();
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task A_wrong_key_is_named_and_asked_for_again_and_the_right_one_is_kept()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "playground", unlocked: false);
        var key = visit.Page.GetByLabel("Key", new PageGetByLabelOptions { Exact = true });
        await key.FillAsync("a wrong key");
        await key.PressAsync("Enter");
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not accepted");
        await Expect(visit.Slots).ToHaveCountAsync(0);
        await key.FillAsync(RunningApp.Key);
        await key.PressAsync("Enter");
        await visit.ListIsThereAsync();
        await visit.Page.ReloadAsync();
        await visit.ListIsThereAsync();
    }

    [Fact]
    public async Task Health_asks_for_a_key_and_then_tells_all()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "health", unlocked: false);
        var key = visit.Page.GetByLabel("Key", new PageGetByLabelOptions { Exact = true });
        await key.FillAsync(RunningApp.Key);
        await key.PressAsync("Enter");
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Model in memory" })).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".services .tag.bad")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Leaving_a_section_with_a_chart_throws_nothing()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "models");
        await visit.Page.Locator("ol.fold summary").First.ClickAsync();
        await Expect(visit.Page.Locator(".line-chart canvas").First).ToBeVisibleAsync();
        foreach (var section in new[] { "Health", "Models", "Insights", "Rules", "Playground" })
        {
            await visit.Page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = section }).ClickAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = section, Level = 1 })).ToBeVisibleAsync();
        }

        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task The_next_training_says_when_it_is_due_and_what_it_lacks()
    {
        await using var visit = await PageVisit.OpenAsync(chromium, shop.App, "models");
        await Expect(visit.Page.GetByText("the timer asks at 1 Jan")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("are missing")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_failed_run_says_why_in_words_and_keeps_the_lines_of_what_it_said()
    {
        await using var branch = await shop.BranchAsync();
        var runs = branch.Get<RunLog>();
        await runs.SaveAsync(new RunRecord
        {
            RunId = runs.NewId(), Trigger = "timer", StartedAt = DateTimeOffset.UtcNow.AddMinutes(-2), FinishedAt = DateTimeOffset.UtcNow,
            Outcome = RunOutcome.Failed, Error = "The trainer ended with exit code 137.\nreading 1,000 events\nepoch 3",
        });
        await using var visit = await PageVisit.OpenAsync(chromium, branch, "models", width: 390);
        await visit.Page.Locator("ol.fold summary").First.ClickAsync();
        await Expect(visit.Page.GetByText("most often because the machine ran out of memory")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("what served before goes on serving")).ToBeVisibleAsync();
        Assert.Equal("pre-line", await visit.Page.Locator(".log").EvaluateAsync<string>("log => getComputedStyle(log).whiteSpace"));
        Assert.Empty(await visit.SeriousAsync());
    }

    [Fact]
    public async Task A_failed_message_can_be_looked_at_dropped_and_sent_again()
    {
        await using var branch = await shop.BranchAsync();
        var failed = branch.Get<StorageConnection>().Queue(Names.InteractionsQueue + Names.PoisonSuffix);
        await failed.CreateIfNotExistsAsync();
        await failed.SendMessageAsync("no interactions");
        foreach (var user in (string[])["ben", "zoe"])
        {
            await failed.SendMessageAsync($$"""[{"eventId":"e1","userId":"{{user}}","itemId":"emma","type":"view","source":"organic","timestamp":"2026-01-15T12:00:00Z"}]""");
        }

        await using var visit = await PageVisit.OpenAsync(chromium, branch, "health", width: 390);
        var messages = visit.Page.Locator("ul.fold > li");
        await Expect(messages).ToHaveCountAsync(3);
        var bad = messages.Filter(new LocatorFilterOptions { HasText = "does not hold events" });
        await bad.Locator("summary").ClickAsync();
        await Expect(bad.Locator("pre")).ToHaveTextAsync("no interactions");
        Assert.Empty(await visit.SeriousAsync());
        await bad.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Drop" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Drop" }).ClickAsync();
        await Expect(messages).ToHaveCountAsync(2);
        var one = messages.First;
        await one.Locator("summary").ClickAsync();
        await one.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Send again" }).ClickAsync();
        await Expect(messages).ToHaveCountAsync(1);
        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Send all again" }).ClickAsync();
        await Expect(visit.Page.GetByText("Sent again: 1 message.")).ToBeVisibleAsync();
        foreach (var user in (string[])["ben", "zoe"])
        {
            await Eventually.TrueAsync(async () => (await branch.Get<InteractionLog>().NewestAsync(user, 1)).Count == 1, TimeSpan.FromSeconds(30));
        }

        await Expect(messages).ToHaveCountAsync(0);
        Assert.Empty(visit.Complaints);
    }
}
