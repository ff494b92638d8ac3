using System.Text;
using SasRec.Core.Events;
using SasRec.Storage.Deletions;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;
using SasRec.Storage.Training;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests.Deletions;

public class UserDeletionsTests(StorageEmulator emulator)
{
    // Long and rare, so that a search through everything that is stored finds the user and nothing else.
    const string Zoe = "zoe-who-wants-to-be-forgotten";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static Interaction Done(string user, int number, DateTimeOffset at) => Event(user, $"item{number}", 0, $"{number}") with { Timestamp = at };

    static Impression Shown(string user, DateTimeOffset at) => new()
    {
        RecommendationId = RecommendationId.New(new ManualTime(at)), UserId = user, ServedAt = at, ModelVersion = "m", Recommender = "sasrec",
        Temperature = 0, Epsilon = 0, Seed = 0, EligibleCount = 1, Items = [new ServedItem("i1", 1, 0, 1, false)],
    };

    [Fact]
    public async Task A_deletion_goes_through_everything_and_says_when()
    {
        var storage = await NewAsync(emulator);
        var (log, slates, deletions) = (new InteractionLog(storage), new ImpressionLog(storage), new UserDeletions(storage, TimeSpan.Zero));
        var before = DateTimeOffset.UtcNow;
        await log.AppendAsync([.. Enumerable.Range(0, 40).Select(i => Done(Zoe, i, before)), Done("bob", 1, before)], Cancellation);
        await new SnapshotStore(storage).UpdateAsync(Cancellation);
        await log.AppendAsync([Done(Zoe, 41, before)], Cancellation);
        await slates.AppendAsync([Shown(Zoe, before), Shown("bob", before)], Cancellation);

        // One failed message of hers alone, one of hers and his, one that nobody can read, and an impression.
        await FailAsync(storage, Names.InteractionsQueue, "[" + Json(Zoe, 50, before) + "]");
        await FailAsync(storage, Names.InteractionsQueue, "[" + Json(Zoe, 51, before) + "," + Json("bob", 51, before) + "]");
        await FailAsync(storage, Names.InteractionsQueue, "{\"userId\":\"" + Zoe + "\", broken");
        await FailAsync(storage, Names.InteractionsQueue, "[" + Json("bob", 52, before) + "]");

        var begun = await deletions.BeginAsync(Zoe, Cancellation);
        Assert.Equal((41, 1), (begun.History.Removed, begun.Impressions.Removed));
        Assert.Empty(await log.NewestAsync(Zoe, 10, Cancellation));
        Assert.Contains(Zoe, await StoredText.OfAsync(storage), StringComparison.Ordinal);

        // The snapshot is for the trainer's run to write anew.
        Assert.Equal(1, await deletions.AdvanceAllAsync(Cancellation));
        Assert.Null((await new DeletionLog(storage).GetAsync(begun.DeletionId, Cancellation))!.Snapshot.DoneAt);
        await new SnapshotStore(storage).UpdateAsync(new FeedPosition(DateTimeOffset.UtcNow.AddSeconds(10)), Cancellation);
        await Eventually.TrueAsync("the margin has passed", async () => await deletions.AdvanceAllAsync(Cancellation) == 0);

        var complete = (await new DeletionLog(storage).GetAsync(begun.DeletionId, Cancellation))!;
        Assert.NotNull(complete.CompletedAt);
        Assert.All(
            new[] { complete.History, complete.Impressions, complete.Messages, complete.Snapshot, complete.Backups },
            step => Assert.InRange(step.DoneAt!.Value, before, complete.CompletedAt!.Value));
        Assert.Equal((41, 1, 3), (complete.History.Removed, complete.Impressions.Removed, complete.Messages.Removed));
        var left = await StoredText.OfAsync(storage);
        Assert.DoesNotContain(Zoe, left, StringComparison.Ordinal);
        Assert.Contains("bob", left, StringComparison.Ordinal);
        Assert.Equal(2, await new PoisonMessages(storage).CountAsync(Names.InteractionsQueue, Cancellation));
    }

    [Fact]
    public async Task What_was_accepted_before_a_deletion_never_comes_back_and_what_is_done_after_it_stays()
    {
        var storage = await NewAsync(emulator);
        var before = DateTimeOffset.UtcNow;
        var deletion = await new UserDeletions(storage, TimeSpan.Zero).BeginAsync(Zoe, Cancellation);
        var after = deletion.UpTo!.Value.AddSeconds(1);

        // Late, and by workers who know of nothing yet; a year later is no different.
        foreach (var worker in new[] { storage, storage.Again(), storage.Again() })
        {
            await new InteractionLog(worker).AppendAsync([Done(Zoe, 1, before), Done("bob", 1, before), Done(Zoe, 2, after)], Cancellation);
            await new ImpressionLog(worker).AppendAsync([Shown(Zoe, before)], Cancellation);
        }

        Assert.Equal(["2"], (await new InteractionLog(storage).NewestAsync(Zoe, 10, Cancellation)).Select(i => i.EventId));
        var feed = await new ChangeFeed(storage).ReadAsync(
            FeedPosition.Start, new FeedPosition(DateTimeOffset.UtcNow.AddMinutes(1)), Cancellation).ToListAsync();
        Assert.All(feed.SelectMany(c => c.Interactions), i => Assert.False(i.UserId == Zoe && i.EventId == "1"));
        Assert.All(
            await new ImpressionLog(storage).ScanAsync(before.AddMinutes(-1), after, Cancellation).ToListAsync(), i => Assert.Null(i.UserId));
        Assert.Equal(0, await new UserSlates(storage).ForgetAsync(Zoe, DateTimeOffset.MaxValue, Cancellation));
    }

    [Fact]
    public async Task Workers_that_append_while_a_user_is_deleted_leave_nothing()
    {
        var storage = await NewAsync(emulator);
        var before = DateTimeOffset.UtcNow;
        var appending = Parallel.ForEachAsync(Enumerable.Range(0, 60), Cancellation, async (i, token) =>
        {
            await new InteractionLog(storage.Again()).AppendAsync([Done(Zoe, i, before.AddTicks(i)), Done("bob", i, before)], token);
            await new ImpressionLog(storage.Again()).AppendAsync([Shown(Zoe, before.AddTicks(i))], token);
        });
        var deletion = await new UserDeletions(storage, TimeSpan.Zero).BeginAsync(Zoe, Cancellation);
        await appending;

        Assert.Empty(await new InteractionLog(storage).NewestAsync(Zoe, 100, Cancellation));
        Assert.All(
            await new ImpressionLog(storage).ScanAsync(before.AddMinutes(-1), DateTimeOffset.UtcNow, Cancellation).ToListAsync(),
            i => Assert.Null(i.UserId));
        Assert.Equal(60, (await new InteractionLog(storage).NewestAsync("bob", 100, Cancellation)).Count);
        Assert.NotNull(deletion.UpTo);
    }

    [Fact]
    public async Task A_deletion_that_died_before_its_tombstone_is_taken_up()
    {
        var storage = await NewAsync(emulator);
        await new InteractionLog(storage).AppendAsync([Done(Zoe, 1, DateTimeOffset.UtcNow)], Cancellation);
        var id = RecommendationId.New(TimeProvider.System);
        await new DeletionLog(storage).SaveAsync(new Deletion { DeletionId = id, UserId = Zoe, RequestedAt = DateTimeOffset.UtcNow }, Cancellation);

        Assert.Equal(1, await new UserDeletions(storage, TimeSpan.Zero).AdvanceAllAsync(Cancellation));

        var taken = (await new DeletionLog(storage).GetAsync(id, Cancellation))!;
        Assert.Equal((true, 1), (taken.UpTo is not null, taken.History.Removed));
        Assert.Empty(await new InteractionLog(storage).NewestAsync(Zoe, 10, Cancellation));
    }

    [Fact]
    public async Task Impressions_older_than_they_are_kept_go_with_their_place_in_the_list_of_their_user()
    {
        var storage = await NewAsync(emulator);
        var log = new ImpressionLog(storage);
        Impression[] shown = [Shown("ann", Noon.AddDays(-40)), Shown("ann", Noon.AddDays(-20)), Shown("bob", Noon.AddDays(-41)), Shown("ann", Noon)];
        await log.AppendAsync(shown, Cancellation);

        Assert.Equal(2, await log.RemoveAsync(Noon.AddDays(-30), 10, Cancellation));

        Assert.Equal(2, (await log.ScanAsync(Noon.AddDays(-100), Noon.AddDays(1), Cancellation).ToListAsync()).Count);
        Assert.Equal(2, await new UserSlates(storage).ForgetAsync("ann", DateTimeOffset.MaxValue, Cancellation));
        Assert.Equal(0, await new UserSlates(storage).ForgetAsync("bob", DateTimeOffset.MaxValue, Cancellation));
    }

    static string Json(string user, int number, DateTimeOffset at) =>
        $$"""{"eventId":"{{number}}","userId":"{{user}}","itemId":"i","timestamp":"{{at:O}}"}""";

    static async Task FailAsync(StorageConnection storage, string queue, string text) => await storage.RawQueue(queue + Names.PoisonSuffix)
        .SendMessageAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)), cancellationToken: Cancellation);
}
