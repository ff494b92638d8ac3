using System.Text.Json;
using SasRec.Storage;
using SasRec.Storage.Deletions;
using SasRec.Storage.Training;

namespace SasRec.Functions.Tests.Users;

public class DeletionTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deletion_with_240_events_in_flight_leaves_nothing_after_it_says_complete()
    {
        await using var app = await TestApp.StartAsync("Storage:FeedMargin=00:00:02", "Storage:FeedLag=00:00:04.2", "Retrain:DeletionsWithin=00:00:00");
        const string Zoe = "zoe-who-wants-to-be-forgotten";
        await Task.WhenAll(Enumerable.Range(0, 5).Select(part => app.PostAsync(
            "/api/events", new { events = Enumerable.Range(0, 48).Select(i => new { userId = Zoe, itemId = $"i{part}-{i}" }) }, 202)));

        Assert.False((await app.PostAsync("/api/retrain", "", 200)).GetProperty("started").GetBoolean());
        var id = (await app.SendAsync(HttpMethod.Delete, $"/api/users/{Zoe}", 200)).GetProperty("deletionId").GetString();
        Assert.Equal("under way", (await app.GetAsync($"/api/deletions/{id}")).GetProperty("state").GetString());

        // It is due, so it starts a run, however little is new.
        Assert.True((await app.PostAsync("/api/retrain", "", 202)).GetProperty("started").GetBoolean());

        // As the schedule and the trainer's run do it, by another process.
        var trainer = new StorageConnection(app.Storage.Options with { FeedMargin = TimeSpan.FromSeconds(2), FeedLag = TimeSpan.FromSeconds(4.2) });
        var deletions = new UserDeletions(trainer, TimeSpan.Zero);
        await Eventually.TrueAsync("the deletion is complete", async () =>
        {
            await new SnapshotStore(trainer).UpdateAsync(Cancellation);
            return await deletions.AdvanceAllAsync(Cancellation) == 0;
        });

        var report = await app.GetAsync($"/api/deletions/{id}");
        Assert.Equal("complete", report.GetProperty("state").GetString());
        Assert.All(
            ["history", "impressions", "messages", "snapshot", "backups"],
            part => Assert.Equal(JsonValueKind.String, report.GetProperty(part).GetProperty("doneAt").ValueKind));
        Assert.DoesNotContain(Zoe, report.GetRawText(), StringComparison.Ordinal);
        Assert.Empty((await app.GetAsync($"/api/users/{Zoe}")).GetProperty("interactions").EnumerateArray());
        Assert.DoesNotContain(Zoe, await StoredText.OfAsync(app.Storage), StringComparison.Ordinal);
        await app.GetAsync("/api/deletions/0198c0ffee007000800000000000abcd", 404);
    }
}
