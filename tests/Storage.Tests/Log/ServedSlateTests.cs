using Azure.Data.Tables;
using SasRec.Core.Events;
using SasRec.Storage.Log;
using SasRec.Storage.Training;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests.Log;

public class ServedSlateTests(StorageEmulator emulator)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_names_a_slate_is_found_with_it_early_late_and_once()
    {
        var storage = await NewAsync(emulator);
        var (interactions, impressions) = (new InteractionLog(storage), new ImpressionLog(storage));
        var time = new ManualTime(Noon);
        string[] ids = [RecommendationId.New(time), RecommendationId.New(time), RecommendationId.New(time)];
        var early = Event("ann ü", "名 1", 5) with { RecommendationId = ids[0] };
        await interactions.AppendAsync([early], Cancellation);

        await impressions.AppendAsync([Slate(ids[0]), Slate(ids[1])], Cancellation);
        await impressions.AppendAsync([Slate(ids[0])], Cancellation);

        var late = Event("ann ü", "名 2", 60 * 60 * 24 * 30) with { RecommendationId = ids[0] };
        await interactions.AppendAsync([early, late, early with { Timestamp = Noon.AddSeconds(5) }], Cancellation);
        await interactions.AppendAsync(
            [
                Event("bob", "名 1", 9) with { RecommendationId = ids[1] },
                Event("bob", "x", 9) with { RecommendationId = "of another system" },
                Event("bob", "y", 9) with { RecommendationId = ids[2] },
            ],
            Cancellation);

        var found = (await impressions.ScanSlatesAsync(Noon, Noon.AddMinutes(1), Cancellation).ToListAsync())
            .ToDictionary(s => s.Impression.RecommendationId, s => s.Events.OrderBy(e => e.At).ToArray());

        Assert.Equal(ids[..2].Order(), found.Keys.Order());
        Assert.Equal([new SlateEvent("名 1", "view", early.Timestamp), new SlateEvent("名 2", "view", late.Timestamp)], found[ids[0]]);
        Assert.Equal([new SlateEvent("名 1", "view", Noon.AddSeconds(9))], found[ids[1]]);
        Assert.Equal(2, (await impressions.ScanAsync(Noon, Noon.AddMinutes(1), Cancellation).ToListAsync()).Count);
    }

    [Fact]
    public async Task An_event_without_a_time_of_its_own_that_comes_again_keeps_its_first_time()
    {
        var storage = await NewAsync(emulator);
        var interactions = new InteractionLog(storage);
        var slate = Slate(RecommendationId.New(new ManualTime(Noon)));
        await new ImpressionLog(storage).AppendAsync([slate], Cancellation);
        foreach (var second in new[] { 10, 20 })
        {
            await interactions.AppendAsync(
                [Event("ann", "a", second, "e") with { TimestampAssigned = true, RecommendationId = slate.RecommendationId }], Cancellation);
        }

        var found = await new ImpressionLog(storage).ScanSlatesAsync(Noon, Noon.AddMinutes(1), Cancellation).ToListAsync();
        Assert.Equal(Noon.AddSeconds(10), Assert.Single(Assert.Single(found).Events).At);
    }

    [Fact]
    public async Task A_sighting_is_kept_with_its_slate_and_is_in_no_history_and_no_training()
    {
        var storage = await NewAsync(emulator);
        var interactions = new InteractionLog(storage);
        var slate = Slate(RecommendationId.New(new ManualTime(Noon)));
        await new ImpressionLog(storage).AppendAsync([slate], Cancellation);
        var sighting = Event("ann", "a") with { Type = Sighting.Type, RecommendationId = slate.RecommendationId };
        await interactions.AppendAsync([sighting, sighting, Event("ann", "b", 1)], Cancellation);
        await interactions.AppendAsync([sighting], Cancellation);

        Assert.Equal("b", Assert.Single(await interactions.NewestAsync("ann", 10, Cancellation)).ItemId);
        var snapshots = new SnapshotStore(storage);
        Assert.Equal(1, await snapshots.CountNewAsync(Cancellation));
        var trained = await snapshots.ReadAsync(await snapshots.UpdateAsync(Cancellation), Cancellation).ToListAsync();
        Assert.Equal("b", Assert.Single(trained).ItemId);
        var found = await new ImpressionLog(storage).ScanSlatesAsync(Noon, Noon.AddMinutes(1), Cancellation).ToListAsync();
        Assert.Equal(new SlateEvent("a", Sighting.Type, Noon), Assert.Single(Assert.Single(found).Events));
    }

    [Fact]
    public async Task Nothing_in_the_ledger_names_a_user_who_was_deleted()
    {
        var storage = await NewAsync(emulator);
        var (interactions, impressions) = (new InteractionLog(storage), new ImpressionLog(storage));
        var slate = Slate(RecommendationId.New(new ManualTime(Noon))) with { UserId = "ann-who-leaves" };
        await impressions.AppendAsync([slate], Cancellation);
        await interactions.AppendAsync([Event("ann-who-leaves", "a") with { RecommendationId = slate.RecommendationId }], Cancellation);

        await interactions.DeleteUserAsync("ann-who-leaves", Cancellation);
        await new UserSlates(storage).ForgetAsync("ann-who-leaves", DateTimeOffset.UtcNow, Cancellation);

        await foreach (var row in storage.Table(Names.ImpressionsTable).QueryAsync<TableEntity>(cancellationToken: Cancellation))
        {
            Assert.DoesNotContain("ann-who-leaves", string.Join('|', row.Keys.Select(key => row[key])), StringComparison.Ordinal);
        }

        var left = Assert.Single(await impressions.ScanSlatesAsync(Noon, Noon.AddMinutes(1), Cancellation).ToListAsync());
        Assert.Null(left.Impression.UserId);
        Assert.Single(left.Events);
    }

    [Theory]
    [InlineData(1, 40, 1000)] // minute by minute, all of them
    [InlineData(1, 40, 25)] // the newest 25
    [InlineData(1500, 40, 25)] // a day and an hour between two: the span has to grow
    [InlineData(0, 40, 25)] // all in one moment: any 25
    public async Task The_newest_slates_of_a_long_span_are_found(int minutes, int slates, int count)
    {
        var log = new ImpressionLog(await NewAsync(emulator));
        var (time, ids) = (new ManualTime(Noon), new List<string>());
        for (var i = 0; i < slates; i++)
        {
            ids.Add(RecommendationId.New(time));
            time.Advance(TimeSpan.FromMinutes(minutes));
        }

        await log.AppendAsync([.. ids.Select(Slate)], Cancellation);
        var newest = await log.NewestSlatesAsync(Noon.AddDays(-300), time.GetUtcNow().AddHours(5), count, Cancellation);

        var found = newest.Slates.Select(s => s.Impression.RecommendationId).ToArray();
        Assert.Equal(Math.Min(count, slates), found.Distinct().Count());
        Assert.Equal(count >= slates, newest.Complete);
        if (minutes > 0)
        {
            Assert.Equal(ids.Order(StringComparer.Ordinal).Reverse().Take(count), found);
        }
    }

    static Impression Slate(string id) => new()
    {
        RecommendationId = id,
        UserId = "ann",
        ServedAt = Noon,
        ModelVersion = "m1",
        Recommender = "sasrec",
        Temperature = 0.5,
        Epsilon = 0.1,
        Seed = 1,
        EligibleCount = 1000,
        Items = [new ServedItem("名 1", 1, 0.5, 0.5, false), new ServedItem("名 2", 2, 0.4, 0.5, false)],
    };
}
