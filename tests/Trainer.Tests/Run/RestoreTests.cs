using SasRec.Core.Contracts;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Training;

namespace SasRec.Trainer.Tests.Run;

public sealed class RestoreTests(StorageEmulator emulator)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restore_brings_histories_back_after_their_table_was_lost()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 20, first: 0, count: 10);
        await new SnapshotStore(log.Storage).UpdateAsync(Cancellation);
        var before = await new InteractionLog(log.Storage).NewestAsync(SmallLog.User(7), 100, Cancellation);
        await log.Storage.Table(Names.InteractionsTable).DeleteAsync(Cancellation);

        var first = await log.JobAsync("restore");
        var again = await log.TableAsync("restore");

        Assert.Equal(ExitCode.Ok, first.Code);
        Assert.Equal((200, 200), (first.Json.GetProperty("interactions").GetInt32(), first.Json.GetProperty("written").GetInt32()));
        Assert.Equal(ExitCode.Ok, again.Code);
        Assert.StartsWith("200 of 200 interactions written", again.Output, StringComparison.Ordinal);
        Assert.Equal(10, before.Count);
        Assert.Equal(before, await new InteractionLog(log.Storage).NewestAsync(SmallLog.User(7), 100, Cancellation));
    }

    [Fact]
    public async Task While_a_run_is_at_work_nothing_is_restored()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 1, first: 0, count: 1);
        await using var run = await SingleFlight.TryAcquireAsync(log.Storage, Names.RetrainLease, Cancellation);

        Assert.Equal(ExitCode.LeaseHeld, (await log.JobAsync("restore")).Code);
    }
}
