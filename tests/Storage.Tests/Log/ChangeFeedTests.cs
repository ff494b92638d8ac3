using SasRec.Core.Events;
using SasRec.Storage.Log;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests.Log;

public class ChangeFeedTests(StorageEmulator emulator)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Beyond everything that a writer with the right clock has written.</summary>
    static FeedPosition Ahead => new(DateTimeOffset.UtcNow.AddMinutes(1));

    static async Task<List<string>> EventsAsync(ChangeFeed feed, FeedPosition after, FeedPosition upTo) =>
        [.. (await feed.ReadAsync(after, upTo, Cancellation).ToListAsync()).SelectMany(c => c.Interactions).Select(i => i.EventId)];

    [Fact]
    public async Task Everything_appended_is_read_once_by_readings_that_follow_each_other()
    {
        var storage = await NewAsync(emulator);
        var (log, feed) = (new InteractionLog(storage), new ChangeFeed(storage));
        var read = new List<string>();
        var position = FeedPosition.Start;
        var writing = Parallel.ForAsync(0, 60, Cancellation, async (i, token) =>
            await new InteractionLog(storage.Again()).AppendAsync([Event($"user{i % 7}", "a", i), Event($"user{i % 5}", "b", i)], token));
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (read.Count < 120 && DateTimeOffset.UtcNow < deadline)
        {
            var settled = await feed.SettledAsync(Cancellation);
            read.AddRange(await EventsAsync(feed, position, settled));
            position = settled;
        }

        await writing;
        Assert.Equal(120, read.Distinct().Count());
        Assert.Equal(120, read.Count);
        await log.AppendAsync([Event("ann", "late", -100_000)], Cancellation);
        Assert.Equal("ann-late--100000", Assert.Single(await EventsAsync(feed, position, await feed.SettleAsync(Cancellation))));
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(-20)]
    [InlineData(20)]
    [InlineData(86_400)]
    public async Task A_writer_whose_clock_is_wrong_is_read_all_the_same(int seconds)
    {
        var storage = await NewAsync(emulator);
        var feed = new ChangeFeed(storage);

        // A reader that has read up to this very moment: a key an hour old would lie behind it for ever.
        var before = new FeedPosition(await NowAsync(feed, storage) - TimeSpan.FromSeconds(3));
        var wrong = new InteractionLog(storage.Again(new SkewedTime(TimeSpan.FromSeconds(seconds))));
        await wrong.AppendAsync([Event("ann", "a")], Cancellation);
        await wrong.AppendAsync([Event("ann", "b")], Cancellation);
        var soon = new FeedPosition(DateTimeOffset.UtcNow + TimeSpan.FromSeconds(3));
        Assert.Equal(["ann-a-0", "ann-b-0"], (await EventsAsync(feed, before, soon)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_reader_whose_clock_is_wrong_reads_no_further_than_what_is_settled()
    {
        var storage = await NewAsync(emulator);
        var fast = new ChangeFeed(storage.Again(new SkewedTime(TimeSpan.FromDays(2))));
        var settled = await fast.SettledAsync(Cancellation);
        Assert.InRange(settled.UpTo, DateTimeOffset.UtcNow - storage.Options.FeedLag - TimeSpan.FromSeconds(
            60), DateTimeOffset.UtcNow - TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_message_delivered_again_is_told_again_and_lost_by_nobody()
    {
        var storage = await NewAsync(emulator);
        var message = new[] { Event("ann", "a"), Event("bob", "b") };
        await new InteractionLog(storage.Again()).AppendAsync(message, Cancellation);
        await new InteractionLog(storage.Again()).AppendAsync(message, Cancellation);
        var read = await EventsAsync(new ChangeFeed(storage), FeedPosition.Start, Ahead);
        Assert.Equal(["ann-a-0", "bob-b-0"], read.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_worker_that_died_before_it_told_the_feed_is_made_up_for_by_the_next_delivery()
    {
        var storage = await NewAsync(emulator);
        var (log, feed) = (new InteractionLog(storage), new ChangeFeed(storage));
        Interaction[] message = [Event("ann", "a") with { TimestampAssigned = true }, Event("bob", "b")];
        await log.AppendAsync(message, Cancellation);

        // As after a death between the histories and the feed: the rows are there, and the feed knows nothing of them.
        await feed.RemoveAsync(Ahead, Cancellation);
        Assert.Empty(await EventsAsync(feed, FeedPosition.Start, Ahead));
        await log.AppendAsync(message, Cancellation);
        Assert.Equal(["ann-a-0", "bob-b-0"], (await EventsAsync(feed, FeedPosition.Start, Ahead)).Order(StringComparer.Ordinal));
        Assert.Equal(2, (await log.ScanAsync(Cancellation).ToListAsync()).Count);
    }

    [Fact]
    public async Task Settling_waits_for_what_was_appended_just_before()
    {
        var storage = await NewAsync(emulator);
        var feed = new ChangeFeed(storage);
        var empty = await feed.SettleAsync(Cancellation);
        await new InteractionLog(storage).AppendAsync([Event("ann", "a")], Cancellation);
        Assert.Empty(await EventsAsync(feed, empty, await feed.SettledAsync(Cancellation)));
        Assert.Single(await EventsAsync(feed, empty, await feed.SettleAsync(Cancellation)));
    }

    [Fact]
    public async Task Large_appends_come_back_whole()
    {
        var storage = await NewAsync(emulator);
        var feed = new ChangeFeed(storage);
        var random = new Random(5);
        var large = Enumerable.Range(0, 3000)
            .Select(i => Event($"user{i % 10}", RandomText(random), i, RandomText(random)) with { RecommendationId = RandomText(
                random), Value = random.NextDouble() })
            .ToArray();
        await feed.AppendAsync(large, Cancellation);
        var chunks = await feed.ReadAsync(FeedPosition.Start, Ahead, Cancellation).ToListAsync();
        Assert.InRange(chunks.Count, 2, 10);
        Assert.Equal(large.OrderBy(i => i.EventId, StringComparer.Ordinal), chunks.SelectMany(
            c => c.Interactions).OrderBy(i => i.EventId, StringComparer.Ordinal));
        Assert.Equal(3000, await feed.CountAsync(FeedPosition.Start, Cancellation));
        await feed.RemoveAsync(Ahead, Cancellation);
        Assert.Equal(0, await feed.CountAsync(FeedPosition.Start, Cancellation));

        static string RandomText(Random random) => string.Concat(Enumerable.Range(0, 200).Select(_ => (char)random.Next(0x4e00, 0x9000)));
    }

    static async Task<DateTimeOffset> NowAsync(ChangeFeed feed, StorageConnection storage) =>
        (await feed.SettledAsync(Cancellation)).UpTo + storage.Options.FeedLag;
}
