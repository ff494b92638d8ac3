using SasRec.Core.Events;
using SasRec.Core.Sequences;
using SasRec.Storage.Log;
using SasRec.Storage.Training;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests.Log;

public class InteractionLogTests(StorageEmulator emulator)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_newest_history_is_newest_first_whatever_the_order_of_arrival()
    {
        var log = new InteractionLog(await NewAsync(emulator));
        var events = Enumerable.Range(0, 40).Select(i => Event("ann", $"item{i}", i)).ToArray();
        var shuffled = events.OrderBy(e => e.EventId.GetHashCode(StringComparison.Ordinal)).Chunk(7);
        foreach (var part in shuffled)
        {
            await log.AppendAsync(part, Cancellation);
        }

        await log.AppendAsync([Event("bob", "other", 99)], Cancellation);
        var newest = await log.NewestAsync("ann", 10, Cancellation);
        Assert.Equal(events.Reverse().Take(10), newest);
        Assert.Equal(40, (await log.NewestAsync("ann", 1000, Cancellation)).Count);
        Assert.Empty(await log.NewestAsync("nobody", 10, Cancellation));
    }

    [Fact]
    public async Task Every_property_comes_back()
    {
        var log = new InteractionLog(await NewAsync(emulator));
        var full = new Interaction
        {
            EventId = "e/1", UserId = "user 'quoted' 😀", ItemId = "item#%", Type = "purchase", Source = "search", Value = 12.5,
            Timestamp = new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero).AddTicks(1), RecommendationId = "r1",
        };
        var sparse = Event(full.UserId, "i2", -5);
        await log.AppendAsync([full, sparse], Cancellation);
        Assert.Equal([full, sparse], await log.NewestAsync(full.UserId, 10, Cancellation));
        Assert.Equal(
            [new UserAction(full.ItemId, full.Type, full.Value), new UserAction(sparse.ItemId, sparse.Type, null)],
            await log.NewestActionsAsync(full.UserId, 10, Cancellation));
    }

    [Fact]
    public async Task A_user_whose_key_is_a_hash_keeps_the_id()
    {
        var log = new InteractionLog(await NewAsync(emulator));
        var one = Event(new string('/', 256), "a");
        var other = Event(new string('/', 255) + "#", "b");
        await log.AppendAsync([one, other], Cancellation);
        Assert.Equal([one], await log.NewestAsync(one.UserId, 10, Cancellation));
        Assert.Equal([other], await log.NewestAsync(other.UserId, 10, Cancellation));
    }

    [Fact]
    public async Task A_duplicate_event_is_one_row()
    {
        var log = new InteractionLog(await NewAsync(emulator));
        var twice = Event("ann", "a");
        await log.AppendAsync([twice, twice, Event("ann", "b", 1)], Cancellation);
        await log.AppendAsync([Event("ann", "b", 1), twice], Cancellation);
        Assert.Equal(["b", "a"], (await log.NewestAsync("ann", 10, Cancellation)).Select(i => i.ItemId));
    }

    [Fact]
    public async Task One_event_id_of_two_users_is_two_events()
    {
        var log = new InteractionLog(await NewAsync(emulator));
        await log.AppendAsync([Event("ann", "a", id: "1"), Event("bob", "b", id: "1")], Cancellation);
        Assert.Equal("a", Assert.Single(await log.NewestAsync("ann", 10, Cancellation)).ItemId);
        Assert.Equal("b", Assert.Single(await log.NewestAsync("bob", 10, Cancellation)).ItemId);
    }

    [Fact]
    public async Task Of_two_times_assigned_to_one_event_the_first_stands()
    {
        var storage = await NewAsync(emulator);
        var log = new InteractionLog(storage);
        var first = Event("ann", "a", 0, "1") with { TimestampAssigned = true };
        var later = first with { Timestamp = Noon.AddMinutes(5) };
        var fresh = Event("ann", "b", 60, "2") with { TimestampAssigned = true };
        await log.AppendAsync([first], Cancellation);
        await log.AppendAsync([later, fresh, Event("ann", "c", 90)], Cancellation);
        var history = await log.NewestAsync("ann", 10, Cancellation);
        Assert.Equal(["c", "b", "a"], history.Select(i => i.ItemId));
        Assert.Equal(Noon, history[2].Timestamp);

        // The feed tells the time that stands, too.
        var feed = new ChangeFeed(storage);
        var told = await feed.ReadAsync(
            FeedPosition.Start, new FeedPosition(DateTimeOffset.UtcNow.AddMinutes(1)), Cancellation).ToListAsync();
        Assert.All(told.SelectMany(c => c.Interactions).Where(i => i.ItemId == "a"), i => Assert.Equal(Noon, i.Timestamp));
    }

    [Fact]
    public async Task Events_of_one_moment_keep_the_order_of_their_acceptance_in_history_feed_snapshot_and_training()
    {
        // Ten requests name one day, and their messages are taken in the other way round. The ids say nothing of the order.
        var storage = await NewAsync(emulator);
        var log = new InteractionLog(storage);
        Interaction[][] requests =
        [
            .. Enumerable.Range(0, 10).Select(request => Enumerable.Range(0, 1 + (request % 3)).Select(i =>
                Event("ann", $"item {request}.{i}", id: $"{(request * 7) % 10}-{9 - i}") with
                {
                    Timestamp = Noon.AddTicks(i), AcceptedAt = Noon.AddDays(1).AddMilliseconds(request),
                }).ToArray()),
        ];
        foreach (var request in requests.Reverse())
        {
            await log.AppendAsync(request, Cancellation);
        }

        string[] order = [.. requests.SelectMany(request => request.Select(i => i.ItemId))];
        Assert.Equal(order.Reverse(), (await log.NewestAsync("ann", 1000, Cancellation)).Select(i => i.ItemId));
        Assert.Equal(order.Reverse(), (await log.NewestActionsAsync("ann", 1000, Cancellation)).Select(i => i.ItemId));
        Assert.Equal(order.Reverse().Take(4), (await log.NewestActionsAsync("ann", 4, Cancellation)).Select(i => i.ItemId));

        var told = await new ChangeFeed(storage).ReadAsync(
            FeedPosition.Start, new FeedPosition(DateTimeOffset.UtcNow.AddMinutes(1)), Cancellation).ToListAsync();
        Assert.Equal(order, told.SelectMany(chunk => chunk.Interactions).Order(Comparer<Interaction>.Create(AcceptanceOrder.Compare)).Select(i => i.ItemId));
        var snapshots = new SnapshotStore(storage);
        Assert.Equal(order, await TrainedAsync(await snapshots.UpdateAsync(Cancellation)));
        Assert.Equal(order, await TrainedAsync(await snapshots.RebuildAsync(_ => { }, Cancellation)));

        async Task<IEnumerable<string>> TrainedAsync(Snapshot snapshot)
        {
            var builder = new InteractionDatasetBuilder();
            await foreach (var interaction in snapshots.ReadAsync(snapshot, Cancellation))
            {
                builder.Add(interaction);
            }

            var data = builder.Build();
            return data.Sequences.Items(0).ToArray().Select(item => data.Items[item]);
        }
    }

    [Fact]
    public async Task An_event_that_is_accepted_again_keeps_its_first_place_within_its_moment()
    {
        var storage = await NewAsync(emulator);
        var log = new InteractionLog(storage);
        var (a, b, c) = (Accepted("a", 1), Accepted("b", 2), Accepted("c", 3));
        await log.AppendAsync([a], Cancellation);
        await log.AppendAsync([b], Cancellation);

        // Once by itself, once in a transaction with what is new.
        await log.AppendAsync([a with { AcceptedAt = Noon.AddHours(8) }], Cancellation);
        await log.AppendAsync([a with { AcceptedAt = Noon.AddHours(9), Value = 5 }, c], Cancellation);

        Assert.Equal([c, b, a with { Value = 5 }], await log.NewestAsync("ann", 10, Cancellation));
        var told = await new ChangeFeed(storage).ReadAsync(
            FeedPosition.Start, new FeedPosition(DateTimeOffset.UtcNow.AddMinutes(1)), Cancellation).ToListAsync();
        Assert.All(told.SelectMany(chunk => chunk.Interactions).Where(i => i.ItemId == "a"), i => Assert.Equal(a.AcceptedAt, i.AcceptedAt));

        static Interaction Accepted(string item, int hour) => Event("ann", item) with { AcceptedAt = Noon.AddHours(hour) };
    }

    [Fact]
    public async Task A_row_of_an_earlier_release_stays_one_row_and_stands_before_what_is_accepted_later()
    {
        var log = new InteractionLog(await NewAsync(emulator));
        var former = Event("ann", "former");
        await log.AppendAsync([former], Cancellation);
        var later = Event("ann", "later") with { AcceptedAt = Noon.AddHours(1) };
        await log.AppendAsync([later, former with { AcceptedAt = Noon.AddHours(2) }], Cancellation);

        Assert.Equal([later, former], await log.NewestAsync("ann", 10, Cancellation));
    }

    [Fact]
    public async Task Workers_at_once_with_different_times_for_the_same_events_leave_one_row_each()
    {
        var storage = await NewAsync(emulator);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => new InteractionLog(storage.Again()).AppendAsync(
            [.. Enumerable.Range(
                0, 80).Select(i => Event("ann", $"item{i}", (worker * 1000) + i, $"e{i}") with { TimestampAssigned = true })],
            Cancellation)));
        var history = await new InteractionLog(storage).NewestAsync("ann", 1000, Cancellation);
        Assert.Equal(80, history.Count);
        Assert.Equal(80, history.Select(i => i.EventId).Distinct().Count());
    }

    [Fact]
    public async Task Two_workers_with_the_same_message_leave_each_event_once()
    {
        var storage = await NewAsync(emulator);
        var message = Enumerable.Range(0, 300).Select(i => Event($"user{i % 50}", $"item{i}", i)).ToArray();
        await Task.WhenAll(
            new InteractionLog(storage.Again()).AppendAsync(message, Cancellation),
            new InteractionLog(storage.Again()).AppendAsync([.. message.Reverse()], Cancellation));
        var all = await new InteractionLog(storage).ScanAsync(Cancellation).ToListAsync();
        Assert.Equal(message.OrderBy(i => i.EventId, StringComparer.Ordinal), all.OrderBy(i => i.EventId, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_hot_user_has_one_history()
    {
        var storage = await NewAsync(emulator);
        var log = new InteractionLog(storage);
        var events = Enumerable.Range(0, 10_000).Select(i => Event("hot", $"item{i % 700}", i)).ToArray();
        await Parallel.ForEachAsync(events.Chunk(1000), Cancellation, async (part, token) => await log.AppendAsync(part, token));
        Assert.Equal(events.Reverse().Take(50), await log.NewestAsync("hot", 50, Cancellation));
        Assert.Equal(2500, (await log.NewestAsync("hot", 2500, Cancellation)).Count);
        Assert.Equal(10_000, await log.DeleteUserAsync("hot", Cancellation));
        Assert.Empty(await log.NewestAsync("hot", 1, Cancellation));
    }

    [Fact]
    public async Task A_deleted_user_leaves_no_row_and_others_stay()
    {
        var storage = await NewAsync(emulator);
        var log = new InteractionLog(storage);
        await log.AppendAsync(
            [Event(
                "ann", "a"), Event("ann", "b", 1) with { TimestampAssigned = true }, Event("ann2", "c"), Event("an", "d")], Cancellation);
        Assert.Equal(2, await log.DeleteUserAsync("ann", Cancellation));
        Assert.Equal(0, await log.DeleteUserAsync("ann", Cancellation));
        Assert.Equal(["an", "ann2"], (await log.ScanAsync(Cancellation).ToListAsync()).Select(i => i.UserId));
        var filter = Azure.Data.Tables.TableClient.CreateQueryFilter($"PartitionKey eq {"ann"}");
        Assert.Empty(await storage.Table(Names.InteractionsTable).QueryAsync<Azure.Data.Tables.TableEntity>(filter).ToListAsync());
    }
}
