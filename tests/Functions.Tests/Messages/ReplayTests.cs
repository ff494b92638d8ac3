using SasRec.Functions.Tests.Serve;
using SasRec.Storage;
using SasRec.Storage.Log;

namespace SasRec.Functions.Tests.Messages;

[Collection<TurnsTests>]
public class ReplayTests(TurnsApp turns)
{
    readonly TestApp app = turns.App;

    [Fact]
    public async Task A_message_that_failed_reaches_the_log_when_it_is_replayed()
    {
        // Where the queue trigger puts a message that failed five times.
        var failed = app.Storage.Queue(Names.InteractionsQueue + Names.PoisonSuffix);
        await failed.CreateIfNotExistsAsync();
        await failed.SendMessageAsync("""[{"eventId":"e1","userId":"ben","itemId":"emma","type":"view","source":"organic","timestamp":"2026-01-15T12:00:00Z"}]""");

        var replayed = await app.PostAsync("/api/messages/replay", "", 200);
        Assert.Equal((1, 0), (replayed.GetProperty("interactions").GetInt32(), replayed.GetProperty("impressions").GetInt32()));
        await Eventually.TrueAsync("the event is in the log", async () => (await app.Get<InteractionLog>().NewestAsync("ben", 1)).Count == 1);
        Assert.Equal(0, (await app.PostAsync("/api/messages/replay", "", 200)).GetProperty("interactions").GetInt32());
    }
}
