using Azure.Data.Tables;
using SasRec.Core.Events;
using SasRec.Storage.Log;
using SasRec.Storage.Training;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests.Training;

public class HistoryRestoreTests(StorageEmulator emulator)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static FeedPosition In(double seconds) => new(DateTimeOffset.UtcNow.AddSeconds(seconds));

    /// <summary>Users of every bucket, some with times that were assigned, one with an id too long for a key.</summary>
    static Interaction[] Events(int first, int count) =>
    [
        .. Enumerable.Range(first, count).Select(i => Event(i % 50 == 0 ? new string('ü', 200) : $"user{i % 50}", $"item{i}", i) with
        {
            TimestampAssigned = i % 3 == 0,
            Value = i % 4 == 0 ? i : null,
            RecommendationId = i % 5 == 0 ? RecommendationId.New(TimeProvider.System) : null,
        }),
    ];

    static async Task<List<Interaction>> HistoriesAsync(StorageConnection storage) => await new InteractionLog(storage).ScanAsync(Cancellation).ToListAsync();

    static async Task LoseAsync(StorageConnection storage)
    {
        await storage.Table(Names.InteractionsTable).DeleteAsync(Cancellation);
        await storage.EnsureCreatedAsync(Cancellation);
        Assert.Empty(await HistoriesAsync(storage));
    }

    [Fact]
    public async Task Histories_of_a_lost_table_come_back_as_they_were_however_often_they_are_restored()
    {
        var storage = await NewAsync(emulator);
        var (log, snapshots) = (new InteractionLog(storage), new SnapshotStore(storage));
        await log.AppendAsync(Events(0, 300), Cancellation);
        await snapshots.UpdateAsync(In(0), Cancellation);
        await log.AppendAsync(Events(300, 100), Cancellation);
        await snapshots.UpdateAsync(In(0), Cancellation);
        var before = await HistoriesAsync(storage);
        var users = await log.UsersAsync(null, 100, Cancellation);
        await LoseAsync(storage);

        var told = 0L;
        var restore = new HistoryRestore(storage);
        Assert.Equal(400, await restore.CountAsync(Cancellation));
        Assert.Equal(400, await restore.RunAsync(count => told += count, Cancellation));
        Assert.Equal(400, told);
        Assert.Equal(before, await HistoriesAsync(storage));
        Assert.Equal(users, await log.UsersAsync(null, 100, Cancellation));

        await new HistoryRestore(storage).RunAsync(_ => { }, Cancellation);
        Assert.Equal(before, await HistoriesAsync(storage));

        // An event that is sent again is still the same row, and nothing has gone into the feed.
        Assert.Equal(0, await snapshots.CountNewAsync(Cancellation));
        await log.AppendAsync([Events(3, 1)[0] with { Timestamp = Noon.AddDays(1) }], Cancellation);
        Assert.Equal(before, await HistoriesAsync(storage));
        Assert.Equal(400, (await snapshots.UpdateAsync(In(90), Cancellation) is var after
            ? await snapshots.ReadAsync(after, Cancellation).ToListAsync() : []).Count);
    }

    [Fact]
    public async Task What_the_feed_holds_beyond_the_snapshot_comes_back_too()
    {
        var storage = await NewAsync(emulator);
        var log = new InteractionLog(storage);
        await log.AppendAsync([Event("ann", "a")], Cancellation);
        await new SnapshotStore(storage).UpdateAsync(In(0), Cancellation);
        await log.AppendAsync([Event("ann", "b", 1), Event("bob", "c", 2)], Cancellation);
        var before = await HistoriesAsync(storage);
        await LoseAsync(storage);

        Assert.Equal(3, await new HistoryRestore(storage).RunAsync(_ => { }, Cancellation));

        Assert.Equal(before, await HistoriesAsync(storage));
        Assert.Equal(2, await new SnapshotStore(storage).CountNewAsync(Cancellation));
    }

    [Fact]
    public async Task A_deleted_user_stays_deleted_and_keeps_what_was_done_since()
    {
        var storage = await NewAsync(emulator);
        var (log, snapshots) = (new InteractionLog(storage), new SnapshotStore(storage));
        await log.AppendAsync([Event("ann", "a"), Event("bob", "b"), Event("cid", "c")], Cancellation);
        await log.DeleteUserAsync("cid", Cancellation);
        await snapshots.UpdateAsync(In(0), Cancellation);
        await log.AppendAsync([Event("ann", "d", 1)], Cancellation);
        await log.DeleteUserAsync("ann", Cancellation);

        // A deletion covers what is appended within the margin behind it.
        await new ChangeFeed(storage).SettleAsync(Cancellation);
        await log.AppendAsync([Event("ann", "late", 2), Event("ann", "new") with { Timestamp = DateTimeOffset.UtcNow.AddMinutes(1) }], Cancellation);
        await LoseAsync(storage);

        await new HistoryRestore(storage).RunAsync(_ => { }, Cancellation);

        Assert.Equal(["ann-new-0", "bob-b-0"], (await HistoriesAsync(storage)).Select(i => i.EventId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_user_who_is_deleted_during_the_restore_stays_deleted()
    {
        var storage = await NewAsync(emulator);
        var log = new InteractionLog(storage);
        await log.AppendAsync(Events(0, 200), Cancellation);
        await new SnapshotStore(storage).UpdateAsync(In(0), Cancellation);
        await LoseAsync(storage);
        var (done, asked) = (0L, false);

        await new HistoryRestore(storage).RunAsync(
            count =>
            {
                done += count;
                if (done >= 100 && !asked)
                {
                    // Between the writing of this user's rows, before or after it, and the end.
                    asked = true;
                    Task.Run(() => Task.WhenAll(
                        Enumerable.Range(1, 49).Select(i => log.DeleteUserAsync($"user{i}", Cancellation))), Cancellation).Wait(Cancellation);
                }
            },
            Cancellation);

        Assert.True(asked);
        Assert.All(await HistoriesAsync(storage), i => Assert.Equal('ü', i.UserId[0]));
    }

    [Fact]
    public async Task A_restore_that_was_stopped_goes_on_and_one_of_a_table_lost_again_begins_anew()
    {
        var storage = await NewAsync(emulator);
        await new InteractionLog(storage).AppendAsync(Events(0, 200), Cancellation);
        await new SnapshotStore(storage).UpdateAsync(In(0), Cancellation);
        var before = await HistoriesAsync(storage);
        await LoseAsync(storage);

        async Task<long> StopAsync()
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var done = 0L;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new HistoryRestore(storage).RunAsync(
                count =>
                {
                    done += count;
                    if (done >= 100)
                    {
                        stop.Cancel();
                    }
                },
                stop.Token));
            return (await HistoriesAsync(storage)).Count;
        }

        Assert.InRange(await StopAsync(), 100, 199);
        var told = 0L;
        Assert.InRange(await new HistoryRestore(storage).RunAsync(count => told += count, Cancellation), 1, 199);
        Assert.Equal(200, told);
        Assert.Equal(before, await HistoriesAsync(storage));

        await LoseAsync(storage);
        await StopAsync();
        await LoseAsync(storage);
        Assert.Equal(200, await new HistoryRestore(storage).RunAsync(_ => { }, Cancellation));
        Assert.Equal(before, await HistoriesAsync(storage));
        Assert.Empty(await storage.Table(Names.InteractionsTable).QueryAsync<TableEntity>("PartitionKey eq '~restore'").ToListAsync());
    }
}
