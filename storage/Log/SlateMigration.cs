using Azure;
using Azure.Data.Tables;

namespace SasRec.Storage.Log;

/// <summary>Moves slates, and what named them, from the former partitions (the hour, then a shard) to those of <see cref="SlateKey"/>.</summary>
/// <remarks>Every run of the trainer does it: instances of the former version may write until the last of them is gone. Readers look at both
/// places, so nothing is missing meanwhile but the join of a slate here with an event there.</remarks>
public sealed class SlateMigration(StorageConnection storage)
{
    static readonly HashSet<string> System = ["odata.etag", "Timestamp", nameof(ITableEntity.PartitionKey), nameof(ITableEntity.RowKey)];

    readonly TableClient table = storage.Table(Names.ImpressionsTable);
    readonly int parallelism = storage.Options.Parallelism;

    /// <summary>Moves all there are. What was not finished is finished by the next call.</summary>
    /// <param name="cancellation">Ends the call; every row stands at one place at least.</param>
    /// <returns>How many rows were moved.</returns>
    public async Task<long> MoveAsync(CancellationToken cancellation = default)
    {
        var moved = 0L;
        await foreach (var page in table.QueryAsync<TableEntity>(SlateKey.AllFormer, cancellationToken: cancellation).AsPages())
        {
            var transactions = page.Values.Select(Moved).GroupBy(row => row.PartitionKey, StringComparer.Ordinal)
                .SelectMany(partition => partition.Chunk(TableRows.MaxActions / 4));
            var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation };
            await Parallel.ForEachAsync(transactions, options, async (rows, token) => await AddAsync(rows, token));
            await table.DeleteAllAsync([.. page.Values], parallelism, cancellation);
            moved += page.Values.Count;
        }

        return moved;
    }

    /// <summary>Adds rows; one that is there already stays as it is: it may have been changed since, to name no user.</summary>
    async Task AddAsync(TableEntity[] rows, CancellationToken cancellation)
    {
        try
        {
            await table.SubmitTransactionAsync(
                rows.Select(row => new TableTransactionAction(TableTransactionActionType.Add, row)), cancellation);
        }
        catch (TableTransactionFailedException e) when (e.Status == 409)
        {
            foreach (var row in rows)
            {
                try
                {
                    await table.AddEntityAsync(row, cancellation);
                }
                catch (RequestFailedException there) when (there.Status == 409)
                {
                }
            }
        }
    }

    static TableEntity Moved(TableEntity row)
    {
        var id = SlateKey.SlateOf(row.RowKey);
        var moved = new TableEntity(
            RecommendationId.TryGetTime(id, out var at)
                ? SlateKey.PartitionOf(id, at)
                : throw new InvalidDataException($"The row '{row.PartitionKey}', '{row.RowKey}' belongs to no slate."),
            row.RowKey);
        foreach (var (column, value) in row.Where(column => !System.Contains(column.Key)))
        {
            moved[column] = value;
        }

        return moved;
    }
}
