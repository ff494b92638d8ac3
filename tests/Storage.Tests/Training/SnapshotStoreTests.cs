using SasRec.Core.Events;
using SasRec.Storage.Log;
using SasRec.Storage.Training;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests.Training;

public class SnapshotStoreTests(StorageEmulator emulator)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static FeedPosition In(double seconds) => new(DateTimeOffset.UtcNow.AddSeconds(seconds));

    static async Task<IEnumerable<string>> EventsAsync(SnapshotStore snapshots)
    {
        var snapshot = await snapshots.CurrentAsync(Cancellation);
        return (await snapshots.ReadAsync(snapshot, Cancellation).ToListAsync()).Select(i => i.EventId).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task An_update_takes_in_what_had_been_appended_before_it_and_the_next_only_what_is_new()
    {
        var storage = await NewAsync(emulator);
        var (log, snapshots) = (new InteractionLog(storage), new SnapshotStore(storage));
        Assert.Empty(await EventsAsync(snapshots));
        var first = Enumerable.Range(0, 500).Select(i => Event($"user{i % 90}", $"item{i}", i)).ToArray();
        await log.AppendAsync(first, Cancellation);
        Assert.Equal(500, await snapshots.CountNewAsync(Cancellation));
        var one = await snapshots.UpdateAsync(Cancellation);
        Assert.Equal(500, one.Interactions);
        Assert.Equal(0, await snapshots.CountNewAsync(Cancellation));
        Assert.Equal(
            first.OrderBy(i => i.EventId, StringComparer.Ordinal),
            (await snapshots.ReadAsync(one, Cancellation).ToListAsync()).OrderBy(i => i.EventId, StringComparer.Ordinal));

        // An event of long ago, processed only now.
        await log.AppendAsync([Event("late", "a", -1_000_000)], Cancellation);
        var two = await snapshots.UpdateAsync(Cancellation);
        Assert.Equal(one.Segments[0].Name, two.Segments[0].Name);
        Assert.Equal([1L], two.Segments.Skip(1).Select(s => s.Interactions));
        Assert.Equal(501, (await EventsAsync(snapshots)).Count());
    }

    [Fact]
    public async Task An_event_that_was_told_often_is_read_once()
    {
        var storage = await NewAsync(emulator);
        var (log, snapshots) = (new InteractionLog(storage), new SnapshotStore(storage));
        Interaction[] message = [Event("ann", "a"), Event("bob", "b")];
        await log.AppendAsync(message, Cancellation);
        await log.AppendAsync(message, Cancellation);
        Assert.Equal(2, (await snapshots.UpdateAsync(In(0), Cancellation)).Interactions);
        await log.AppendAsync([.. message, Event("bob", "a", id: "ann-a-0")], Cancellation);
        await snapshots.UpdateAsync(In(60), Cancellation);
        Assert.Equal(["ann-a-0", "ann-a-0", "bob-b-0"], await EventsAsync(snapshots));
    }

    [Fact]
    public async Task A_deleted_user_is_gone_from_the_log_the_feed_and_every_segment()
    {
        var storage = await NewAsync(emulator);
        var (log, snapshots) = (new InteractionLog(storage), new SnapshotStore(storage));
        await log.AppendAsync([Event("ann", "a"), Event("bob", "b")], Cancellation);
        await snapshots.UpdateAsync(Cancellation);
        await log.AppendAsync([Event("cid", "c", 1)], Cancellation);
        await snapshots.UpdateAsync(Cancellation);
        await log.AppendAsync([Event("ann", "fresh", 2), Event("bob", "d", 2)], Cancellation);
        var before = await snapshots.CurrentAsync(Cancellation);
        Assert.Equal(2, await log.DeleteUserAsync("ann", Cancellation));
        var after = await snapshots.UpdateAsync(Cancellation);

        Assert.Equal(["bob-b-0", "bob-d-2", "cid-c-1"], await EventsAsync(snapshots));
        Assert.Contains(before.Segments[1].Name, after.Segments.Select(s => s.Name));
        var training = storage.Container(Names.TrainingContainer);
        var blobs = (await training.GetBlobsAsync(
            new() { Prefix = Names.TrainingBlobs.Segments }, Cancellation).ToListAsync()).Select(b => b.Name);
        Assert.Equal(after.Segments.Select(s => s.Name).Order(StringComparer.Ordinal), blobs.Order(StringComparer.Ordinal));
        var list = (await training.GetBlobClient(Names.TrainingBlobs.Snapshot).DownloadContentAsync(Cancellation)).Value.Content.ToString();
        Assert.DoesNotContain("ann", list, StringComparison.Ordinal);
        Assert.Empty(await storage.Table(Names.FeedTable).QueryAsync<Azure.Data.Tables.TableEntity>().ToListAsync());

        // What happened before the deletion stays out however late it arrives; what happens after it comes in.
        await log.AppendAsync(
            [Event("ann", "late", 3), Event("ann", "new") with { Timestamp = DateTimeOffset.UtcNow.AddSeconds(30) }], Cancellation);
        await snapshots.UpdateAsync(In(60), Cancellation);
        Assert.Equal(["ann-new-0", "bob-b-0", "bob-d-2", "cid-c-1"], await EventsAsync(snapshots));
    }

    [Fact]
    public async Task Of_two_updates_at_once_one_moves_the_snapshot_and_nothing_is_lost()
    {
        var storage = await NewAsync(emulator);
        var log = new InteractionLog(storage);
        await log.AppendAsync([.. Enumerable.Range(0, 100).Select(i => Event($"user{i}", "a", i))], Cancellation);
        var upTo = In(30);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            try
            {
                await new SnapshotStore(storage.Again()).UpdateAsync(upTo, Cancellation);
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }));
        Assert.Contains(true, outcomes);
        Assert.Equal(100, (await EventsAsync(new SnapshotStore(storage))).Count());
    }

    [Fact]
    public async Task Segments_of_an_update_that_died_are_removed_by_the_next()
    {
        var storage = await NewAsync(emulator);
        var orphan = storage.Container(Names.TrainingContainer).GetBlobClient(Names.TrainingBlobs.Segments + "orphan");
        await orphan.UploadAsync(new BinaryData("x"), Cancellation);
        await new InteractionLog(storage).AppendAsync([Event("ann", "a")], Cancellation);
        await new SnapshotStore(storage).UpdateAsync(In(30), Cancellation);
        Assert.False(await orphan.ExistsAsync(Cancellation));
    }

    [Fact]
    public async Task Many_small_segments_become_one()
    {
        var storage = await NewAsync(emulator);
        var (log, snapshots) = (new InteractionLog(storage), new SnapshotStore(storage));
        for (var i = 0; i < 17; i++)
        {
            await log.AppendAsync([Event($"user{i}", "a", i)], Cancellation);
            await snapshots.UpdateAsync(In(0), Cancellation);
        }

        Assert.InRange((await snapshots.CurrentAsync(Cancellation)).Segments.Count, 1, 15);
        Assert.Equal(17, (await EventsAsync(snapshots)).Count());
    }

    [Fact]
    public async Task A_snapshot_without_a_version_is_read_and_a_newer_one_is_refused()
    {
        var storage = await NewAsync(emulator);
        var snapshots = new SnapshotStore(storage);
        await new InteractionLog(storage).AppendAsync([Event("ann", "a")], Cancellation);
        await snapshots.UpdateAsync(In(30), Cancellation);
        var blob = storage.Container(Names.TrainingContainer).GetBlobClient(Names.TrainingBlobs.Snapshot);
        var json = (await blob.DownloadContentAsync(Cancellation)).Value.Content.ToString();
        const string Version = "\"formatVersion\":1,";
        Assert.Contains(Version, json, StringComparison.Ordinal);

        await blob.UploadAsync(new BinaryData(json.Replace(Version, "", StringComparison.Ordinal)), overwrite: true, Cancellation);
        Assert.Equal(["ann-a-0"], await EventsAsync(snapshots));

        var newer = json.Replace(Version, "\"formatVersion\":2,", StringComparison.Ordinal).Replace("\"segments\":[", "\"segments\":[[],", StringComparison.Ordinal);
        await blob.UploadAsync(new BinaryData(newer), overwrite: true, Cancellation);
        var e = await Assert.ThrowsAsync<NewerFormatException>(() => snapshots.UpdateAsync(In(60), Cancellation));
        Assert.Equal(
            "The training snapshot has format version 2, but this program reads versions up to 1: use the version that wrote it.", e.Message);
        Assert.Equal(newer, (await blob.DownloadContentAsync(Cancellation)).Value.Content.ToString());
    }

    [Fact]
    public async Task A_damaged_segment_is_refused()
    {
        var storage = await NewAsync(emulator);
        var snapshots = new SnapshotStore(storage);
        await new InteractionLog(storage).AppendAsync([Event("ann", "a")], Cancellation);
        var snapshot = await snapshots.UpdateAsync(In(30), Cancellation);
        var segment = snapshot.Segments[0];
        var wrong = snapshot with { Segments = [segment with { Blocks = [.. segment.Blocks.Select(
            b => b with { Interactions = b.Interactions * 2 })] }] };
        await Assert.ThrowsAsync<InvalidDataException>(() => snapshots.ReadAsync(wrong, Cancellation).ToListAsync());
    }
}
