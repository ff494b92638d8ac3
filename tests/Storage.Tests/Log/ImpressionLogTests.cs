using SasRec.Core.Events;
using SasRec.Storage.Log;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests.Log;

public class ImpressionLogTests(StorageEmulator emulator)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static Impression Slate(string id, string? user = "ann", int items = 3) => new()
    {
        RecommendationId = id,
        UserId = user,
        ServedAt = Noon,
        ModelVersion = "m1",
        Recommender = "sasrec",
        Temperature = 0.5,
        Epsilon = 0.1,
        Seed = ulong.MaxValue - 1,
        EligibleCount = 1000,
        Items = [.. Enumerable.Range(1, items).Select(rank => new ServedItem($"item {rank} 名", rank, -1.5 / rank, 0.1 / rank, rank == 2))],
    };

    static void Same(Impression expected, Impression? found)
    {
        Assert.NotNull(found);
        Assert.Equal(expected.Items, found.Items);
        Assert.Equal(expected, found with { Items = expected.Items });
    }

    [Fact]
    public async Task An_impression_is_found_by_its_id()
    {
        var log = new ImpressionLog(await NewAsync(emulator));
        var slate = Slate(RecommendationId.New(TimeProvider.System));
        await log.AppendAsync([slate], Cancellation);
        await log.AppendAsync([slate, Slate(RecommendationId.New(TimeProvider.System), "bob")], Cancellation);
        Same(slate, await log.GetAsync(slate.RecommendationId, Cancellation));
        Assert.Null(await log.GetAsync(RecommendationId.New(TimeProvider.System), Cancellation));
        Assert.Null(await log.GetAsync("no such id", Cancellation));
    }

    [Fact]
    public async Task A_long_slate_comes_back_whole()
    {
        var log = new ImpressionLog(await NewAsync(emulator));
        var random = new Random(3);
        var slate = Slate(RecommendationId.New(TimeProvider.System)) with
        {
            Items = [.. Enumerable.Range(1, 1000).Select(rank =>
                new ServedItem(string.Concat(
                    Enumerable.Range(0, 100).Select(_ => (char)random.Next(0x4e00, 0x9000))), rank, random.NextDouble(), 0.5, false))],
        };
        await log.AppendAsync([slate], Cancellation);
        Same(slate, await log.GetAsync(slate.RecommendationId, Cancellation));
    }

    [Fact]
    public async Task A_scan_holds_what_was_served_in_its_span_and_nothing_else()
    {
        var log = new ImpressionLog(await NewAsync(emulator));
        var time = new ManualTime(Noon);
        var slates = new List<Impression>();
        for (var i = 0; i < 120; i++)
        {
            slates.Add(Slate(RecommendationId.New(time)));
            time.Advance(TimeSpan.FromMinutes(1));
        }

        await log.AppendAsync(slates, Cancellation);
        var found = await log.ScanAsync(Noon.AddMinutes(50), Noon.AddMinutes(75), Cancellation).ToListAsync();
        Assert.Equal(
            slates[50..75].Select(s => s.RecommendationId),
            found.Select(s => s.RecommendationId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_forgotten_user_is_named_by_no_impression()
    {
        var storage = await NewAsync(emulator);
        var log = new ImpressionLog(storage);
        var (mine, other) = (
            Slate(RecommendationId.New(TimeProvider.System), "it's ann"), Slate(RecommendationId.New(TimeProvider.System), "bob"));
        await log.AppendAsync([mine, other], Cancellation);
        Assert.Equal(1, await new UserSlates(storage).ForgetAsync("it's ann", DateTimeOffset.MaxValue, Cancellation));
        Same(mine with { UserId = null }, await log.GetAsync(mine.RecommendationId, Cancellation));
        Same(other, await log.GetAsync(other.RecommendationId, Cancellation));
        Assert.Equal(0, await new UserSlates(storage).ForgetAsync("it's ann", DateTimeOffset.MaxValue, Cancellation));
    }

    [Fact]
    public async Task An_id_that_tells_no_time_is_refused()
    {
        var log = new ImpressionLog(await NewAsync(emulator));
        await Assert.ThrowsAsync<ArgumentException>(() => log.AppendAsync([Slate(Guid.NewGuid().ToString("D"))], Cancellation));
    }

    [Fact]
    public void An_id_tells_its_time()
    {
        var time = new ManualTime(Noon.AddMilliseconds(7));
        Assert.True(RecommendationId.TryGetTime(RecommendationId.New(time), out var at));
        Assert.Equal(Noon.AddMilliseconds(7), at);
        Assert.NotEqual(RecommendationId.New(time), RecommendationId.New(time));
        Assert.False(RecommendationId.TryGetTime(null, out _));
        Assert.False(RecommendationId.TryGetTime(new string('f', 12) + "7" + new string('0', 19), out _));
    }
}
