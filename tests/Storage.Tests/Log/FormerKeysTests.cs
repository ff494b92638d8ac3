using Azure.Data.Tables;
using SasRec.Core.Events;
using SasRec.Storage.Log;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests.Log;

/// <summary>What was stored when partitions began with the time is read, moved, forgotten and removed like the rest.</summary>
public class FormerKeysTests(StorageEmulator emulator)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Partitions_begin_with_the_shard()
    {
        const string id = "019bc1a0c4007000800000000000000d";
        Assert.Equal("d-2026011512", SlateKey.PartitionOf(id, Noon));
        Assert.Equal("2026011512-5", SlateKey.FormerPartitionOf(id, Noon));
        Assert.Matches("^[0-9a-f]-20260115$", FeedKey.NewChunk(Noon).Partition);
    }

    [Fact]
    public void Former_partitions_and_shards_never_share_a_range()
    {
        foreach (var day in new[] { DateTimeOffset.MinValue, Noon, new DateTimeOffset(2099, 12, 31, 0, 0, 0, TimeSpan.Zero) })
        {
            var (first, last) = FeedKey.Partitions(day, Noon).Last();
            Assert.DoesNotContain(Shards.All, shard => In($"{shard}-20260115", (first, last)) || In($"{shard}-20991231", (first, last)));
        }

        Assert.Equal(1, FeedKey.Partitions(Noon, Noon).Count(range => In("20260115-7", range)));
        Assert.Equal(1, FeedKey.Partitions(Noon, Noon).Count(range => In("2-20260115", range)));

        static bool In(string partition, (string First, string Last) range) =>
            string.CompareOrdinal(range.First, partition) <= 0 && string.CompareOrdinal(partition, range.Last) < 0;
    }

    [Fact]
    public async Task Slates_are_found_before_and_after_their_move_and_then_joined_with_newer_events()
    {
        var storage = await NewAsync(emulator);
        var (log, time) = (new ImpressionLog(storage), new ManualTime(Noon));
        var slates = new List<Impression>();
        for (var i = 0; i < 40; i++)
        {
            slates.Add(Slate(RecommendationId.New(time), i % 2 == 0 ? "ann" : null));
            time.Advance(TimeSpan.FromMinutes(3));
        }

        await log.AppendAsync(slates, Cancellation);
        await new InteractionLog(storage).AppendAsync([Event("ann", "a", 1) with { RecommendationId = slates[0].RecommendationId }], Cancellation);
        await MakeFormerAsync(storage, row => row.RowKey.StartsWith(slates[3].RecommendationId, StringComparison.Ordinal) is false);
        await new InteractionLog(storage).AppendAsync([Event("ann", "b", 2) with { RecommendationId = slates[0].RecommendationId }], Cancellation);

        Assert.Equal(Ids(slates), Ids(await log.ScanAsync(Noon, Noon.AddHours(3), Cancellation).ToListAsync()).Order());
        Assert.Equal(40, (await log.NewestSlatesAsync(Noon, Noon.AddHours(3), 100, Cancellation)).Slates.Count);
        Assert.All(await Task.WhenAll(slates.Select(slate => log.GetAsync(slate.RecommendationId, Cancellation))), Assert.NotNull);

        // A user's slates are found, and forgotten, wherever they stand.
        Assert.Equal(Ids(slates.Where(slate => slate.UserId == "ann")), Ids(await ShownAsync(storage, "ann", 3)));
        Assert.Equal(20, await new UserSlates(storage).ForgetAsync("ann", DateTimeOffset.MaxValue, Cancellation));
        var migration = new SlateMigration(storage);
        Assert.Equal(20, await migration.MoveAsync(Cancellation));
        Assert.Equal(0, await migration.MoveAsync(Cancellation));

        var found = await log.ScanSlatesAsync(Noon, Noon.AddHours(3), Cancellation).ToListAsync();
        Assert.Equal(Ids(slates), Ids(found.Select(slate => slate.Impression)));
        Assert.All(found, slate => Assert.Null(slate.Impression.UserId));
        Assert.Equal(["a", "b"], found[0].Events.Select(e => e.ItemId).Order());
    }

    [Fact]
    public async Task Slates_in_a_former_list_of_a_user_are_found_and_leave_it()
    {
        var storage = await NewAsync(emulator);
        var (log, time) = (new ImpressionLog(storage), new ManualTime(Noon));
        var lists = storage.Table(Names.UserImpressionsTable);
        var slates = new List<Impression>();
        for (var i = 0; i < 6; i++)
        {
            slates.Add(Slate(RecommendationId.New(time), "ann"));
            time.Advance(TimeSpan.FromMinutes(3));
        }

        await log.AppendAsync(slates, Cancellation);
        foreach (var row in (await ListsAsync()).Take(4))
        {
            await lists.DeleteEntityAsync(row.PartitionKey, row.RowKey, cancellationToken: Cancellation);
            await lists.AddEntityAsync(new TableEntity($"users-{UserBuckets.Of("ann"):D2}", row.RowKey), Cancellation);
        }

        Assert.Equal(6, await new UserSlates(storage).ForgetAsync("ann", DateTimeOffset.MaxValue, Cancellation));
        Assert.Empty(await ListsAsync());

        async Task<List<TableEntity>> ListsAsync() => [.. (await lists.QueryAsync<TableEntity>(cancellationToken: Cancellation).ToListAsync()).Where(row => row.RowKey.Length > 32)];
    }

    [Fact]
    public async Task Slates_of_one_message_are_one_transaction_in_the_lists_of_their_users()
    {
        var storage = await NewAsync(emulator);
        var time = new ManualTime(Noon);
        await new ImpressionLog(storage).AppendAsync([.. Enumerable.Range(0, 20).Select(i => Slate(RecommendationId.New(time), $"user {i}"))], Cancellation);
        var rows = await storage.Table(Names.UserImpressionsTable).QueryAsync<TableEntity>(cancellationToken: Cancellation).ToListAsync();
        Assert.Single(rows.Where(row => row.RowKey.Length > 32).Select(row => row.PartitionKey).Distinct());
    }

    [Fact]
    public async Task A_move_does_not_bring_a_name_back_that_was_forgotten_meanwhile()
    {
        var storage = await NewAsync(emulator);
        var (log, slate) = (new ImpressionLog(storage), Slate(RecommendationId.New(new ManualTime(Noon)), "ann"));
        await log.AppendAsync([slate], Cancellation);
        await MakeFormerAsync(storage, _ => true);

        // As if the move had read the row before: what names nobody stands at the new place, the old row is still there.
        await log.AppendAsync([slate with { UserId = null }], Cancellation);
        await new SlateMigration(storage).MoveAsync(Cancellation);
        Assert.Null((await log.GetAsync(slate.RecommendationId, Cancellation))!.UserId);
    }

    [Fact]
    public async Task Interactions_of_the_former_feed_are_read_with_the_others_and_removed()
    {
        var storage = await NewAsync(emulator);
        var (log, feed, table) = (new InteractionLog(storage), new ChangeFeed(storage), storage.Table(Names.FeedTable));
        await log.AppendAsync([Event("ann", "a")], Cancellation);
        var row = Assert.Single(await table.QueryAsync<TableEntity>(cancellationToken: Cancellation).ToListAsync());
        await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, cancellationToken: Cancellation);
        row.PartitionKey = row.PartitionKey[2..] + "-3";
        await table.AddEntityAsync(row, Cancellation);
        await log.AppendAsync([Event("ann", "b", 1)], Cancellation);
        var ahead = new FeedPosition(DateTimeOffset.UtcNow.AddMinutes(1));
        var chunks = await feed.ReadAsync(FeedPosition.Start, ahead, Cancellation).ToListAsync();
        Assert.Equal(["a", "b"], chunks.SelectMany(chunk => chunk.Interactions).Select(i => i.ItemId).Order());
        await feed.RemoveAsync(ahead, Cancellation);
        Assert.Empty(await table.QueryAsync<TableEntity>(cancellationToken: Cancellation).ToListAsync());
    }

    /// <summary>Moves rows to where the former version would have written them.</summary>
    [Fact]
    public async Task Slates_of_a_release_that_kept_no_list_are_in_an_export_once()
    {
        var storage = await NewAsync(emulator);
        var time = new ManualTime(Noon);
        Impression[] slates = [.. Enumerable.Range(0, 20).Select(i =>
        {
            time.Advance(TimeSpan.FromMinutes(i));
            return Slate(RecommendationId.New(time), i % 3 == 0 ? "bob" : "ann");
        })];
        await new ImpressionLog(storage).AppendAsync(slates, Cancellation);
        var list = storage.Table(Names.UserImpressionsTable);
        await foreach (var row in list.QueryAsync<TableEntity>(cancellationToken: Cancellation))
        {
            if (row.RowKey.Length > 32 && string.CompareOrdinal(row.RowKey[^32..], slates[10].RecommendationId) < 0)
            {
                await list.DeleteEntityAsync(row.PartitionKey, row.RowKey, cancellationToken: Cancellation);
            }
        }

        var shown = await ShownAsync(storage, "ann", 2);

        Assert.Equal(Ids(slates.Where(slate => slate.UserId == "ann")), Ids(shown).Order(StringComparer.Ordinal));
    }

    static async Task<List<Impression>> ShownAsync(StorageConnection storage, string user, int count)
    {
        var (slates, shown) = (new UserSlates(storage), new List<Impression>());
        var next = (string?)null;
        do
        {
            (var page, next) = await slates.PageAsync(user, next, count, Cancellation);
            Assert.InRange(page.Count, 0, count);
            shown.AddRange(page.Select(slate => slate.Impression));
        }
        while (next is not null);
        return shown;
    }

    static async Task MakeFormerAsync(StorageConnection storage, Func<TableEntity, bool> which)
    {
        var table = storage.Table(Names.ImpressionsTable);
        foreach (var row in (await table.QueryAsync<TableEntity>(cancellationToken: Cancellation).ToListAsync()).Where(which))
        {
            var id = SlateKey.SlateOf(row.RowKey);
            Assert.True(RecommendationId.TryGetTime(id, out var at));
            var former = new TableEntity(row) { PartitionKey = SlateKey.FormerPartitionOf(id, at) };
            await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, cancellationToken: Cancellation);
            await table.UpsertEntityAsync(former, TableUpdateMode.Replace, Cancellation);
        }
    }

    static IEnumerable<string> Ids(IEnumerable<Impression> impressions) => impressions.Select(impression => impression.RecommendationId);

    static Impression Slate(string id, string? user) => new()
    {
        RecommendationId = id, UserId = user, ServedAt = Noon, ModelVersion = "m", Recommender = "sasrec", Temperature = 0, Epsilon = 0, Seed = 1,
        EligibleCount = 2, Items = [new ServedItem("a", 1, 1.5, 1, false), new ServedItem("b", 2, 1, 1, false)],
    };
}
