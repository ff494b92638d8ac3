using System.Runtime.CompilerServices;
using Azure.Data.Tables;

namespace SasRec.Storage.Log;

/// <summary>Which slates a user was shown: rows that begin with a hash of the user, in a partition for each shard of slates.</summary>
/// <remarks>Slates of one message share a shard, so their rows are one transaction, whoever the users are; those of one user are a range read
/// a shard, which deletions and exports ask for. A row is written before its slate and removed after the slate has lost its name, so that no slate
/// with a name is ever without one. Rows of earlier releases stand in partitions of users.</remarks>
sealed class UserImpressions(StorageConnection storage)
{
    const string Partitions = "slates-";
    const string FormerPartitions = "users-";
    const string SincePartition = "since";
    const int IdLength = 32;

    readonly TableClient table = storage.Table(Names.UserImpressionsTable);
    readonly int parallelism = storage.Options.Parallelism;
    readonly TimeProvider time = storage.Time;
    bool begun;

    /// <summary>Adds slates; one that is added again is the same row.</summary>
    public async Task AppendAsync(IEnumerable<(string UserId, string RecommendationId)> slates, CancellationToken cancellation)
    {
        var transactions = Transactions(slates.Select(slate => Row(slate.UserId, slate.RecommendationId)));
        if (transactions.Length == 0)
        {
            return;
        }

        await BeginAsync(cancellation);
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation };
        await Parallel.ForEachAsync(transactions, options, async (rows, token) => await table.UpsertAllAsync(rows, token));
    }

    /// <summary>Removes slates.</summary>
    public Task RemoveAsync(IEnumerable<(string UserId, string RecommendationId)> slates, CancellationToken cancellation)
    {
        var former = new Dictionary<string, string>(StringComparer.Ordinal);
        var rows = new List<TableEntity>();
        foreach (var (user, id) in slates)
        {
            var row = Row(user, id);
            former[row.RowKey] = FormerPartitionOf(user);
            rows.Add(row);
        }

        return table.DeleteAllAsync(rows, parallelism, cancellation, row => former[row.RowKey]);
    }

    /// <summary>The slates of a user, oldest first.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="after">The last slate that is left out; null for none.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public IAsyncEnumerable<string> OfAsync(string userId, string? after, CancellationToken cancellation) =>
        Shards.All.Select(PartitionOf).Append(FormerPartitionOf(userId))
            .Select(partition => OfAsync(partition, TableKey.ShortHash(userId), after, cancellation))
            .MergedAsync(id => id, cancellation);

    async IAsyncEnumerable<string> OfAsync(string partition, string hash, string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {$"{hash}-{after}"} and RowKey lt {hash + '~'}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, select: [nameof(ITableEntity.RowKey)], cancellationToken: cancellation))
        {
            yield return row.RowKey[^IdLength..];
        }
    }

    /// <summary>From when on every slate has its row: an earlier release wrote none. The end of time where none was ever written.</summary>
    public async Task<DateTimeOffset> SinceAsync(CancellationToken cancellation)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(SincePartition, SincePartition, cancellationToken: cancellation);
        return row.HasValue ? row.Value!.GetDateTimeOffset(Names.Columns.At)!.Value : DateTimeOffset.MaxValue;
    }

    /// <summary>Notes when the first row was written.</summary>
    async Task BeginAsync(CancellationToken cancellation)
    {
        if (begun)
        {
            return;
        }

        try
        {
            await table.AddEntityAsync(
                new TableEntity(SincePartition, SincePartition) { [Names.Columns.At] = time.GetUtcNow() }, cancellation);
        }
        catch (Azure.RequestFailedException e) when (e.Status == 409)
        {
            // Noted long ago.
        }

        begun = true;
    }

    static TableEntity Row(string userId, string recommendationId) =>
        new(PartitionOf(recommendationId[^1]), $"{TableKey.ShortHash(userId)}-{recommendationId}");

    static string PartitionOf(char shard) => $"{Partitions}{shard}";

    static string FormerPartitionOf(string userId) => $"{FormerPartitions}{UserBuckets.Of(userId):D2}";

    static TableEntity[][] Transactions(IEnumerable<TableEntity> rows) =>
    [
        .. rows.DistinctBy(row => row.RowKey)
            .GroupBy(row => row.PartitionKey, StringComparer.Ordinal)
            .SelectMany(partition => partition.Chunk(TableRows.MaxActions)),
    ];
}
