using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure.Data.Tables;
using SasRec.Core.Events;

namespace SasRec.Storage.Log;

/// <summary>The slates that were served: found by recommendation id with one point read, and scanned by time.</summary>
/// <remarks>The id holds its time (<see cref="RecommendationId"/>), so the partition, an hour and a shard, follows from
/// it; the row is the id.</remarks>
public sealed class ImpressionLog(StorageConnection storage)
{
    const int Shards = 8;

    readonly TableClient table = storage.Table(Names.ImpressionsTable);
    readonly int parallelism = storage.Options.Parallelism;

    /// <summary>Appends impressions; one that is appended again is the same row.</summary>
    /// <param name="impressions">The impressions.</param>
    /// <param name="cancellation">Ends the call; appending the same again is safe.</param>
    /// <exception cref="ArgumentException">A recommendation id is none that <see cref="RecommendationId.New"/> makes.</exception>
    public async Task AppendAsync(IReadOnlyList<Impression> impressions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(impressions);
        var transactions = impressions
            .DistinctBy(i => i.RecommendationId)
            .Select(Write)
            .GroupBy(row => row.PartitionKey)
            .SelectMany(partition => partition.Chunk(TableRows.MaxActions / 4));
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation };
        await Parallel.ForEachAsync(transactions.ToArray(), options, async (rows, token) =>
        {
            if (rows.Length == 1)
            {
                await table.UpsertEntityAsync(rows[0], TableUpdateMode.Replace, token);
            }
            else
            {
                await table.SubmitTransactionAsync(
                    rows.Select(r => new TableTransactionAction(TableTransactionActionType.UpsertReplace, r)), token);
            }
        });
    }

    /// <summary>The impression of a recommendation; null where there is none.</summary>
    public async Task<Impression?> GetAsync(string recommendationId, CancellationToken cancellation = default)
    {
        if (!RecommendationId.TryGetTime(recommendationId, out var at))
        {
            return null;
        }

        var row = await table.GetEntityIfExistsAsync<TableEntity>(
            PartitionOf(recommendationId, at), recommendationId, cancellationToken: cancellation);
        return row.HasValue ? Read(row.Value!) : null;
    }

    /// <summary>The impressions whose ids were made in a span of time, hour by hour.</summary>
    /// <param name="from">The first time that belongs to it.</param>
    /// <param name="until">The first time that no longer does.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async IAsyncEnumerable<Impression> ScanAsync(
        DateTimeOffset from, DateTimeOffset until, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var (firstHour, lastHour) = (Hour(from), Hour(until) + "~");
        var (firstRow, lastRow) = (FirstIdAt(from), FirstIdAt(until));
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey ge {firstHour} and PartitionKey lt {lastHour} and RowKey ge {firstRow} and RowKey lt {lastRow}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellation))
        {
            yield return Read(row);
        }
    }

    /// <summary>Takes a user's name off every impression; the slates stay as evidence of what was served.</summary>
    /// <remarks>A scan of the whole table.</remarks>
    /// <returns>How many impressions named the user.</returns>
    public async Task<int> ForgetUserAsync(string userId, CancellationToken cancellation = default)
    {
        var filter = TableClient.CreateQueryFilter($"User eq {userId}");
        var count = 0;
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellation))
        {
            await AppendAsync([Read(row) with { UserId = null }], cancellation);
            count++;
        }

        return count;
    }

    static TableEntity Write(Impression impression)
    {
        if (!RecommendationId.TryGetTime(impression.RecommendationId, out var at))
        {
            throw new ArgumentException(
                $"'{impression.RecommendationId}' is not a recommendation id: 32 lower-case hexadecimal digits of a version 7 UUID.",
                nameof(impression));
        }

        var row = new TableEntity(PartitionOf(impression.RecommendationId, at), impression.RecommendationId);
        using var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            JsonSerializer.Serialize(brotli, impression, StorageJson.Compact.Impression);
        }

        DataColumns.Write(row, compressed.ToArray());
        if (impression.UserId is { } user)
        {
            row[Names.Columns.User] = user;
        }

        return row;
    }

    static Impression Read(TableEntity row)
    {
        using var json = new BrotliStream(new MemoryStream(DataColumns.Read(row)), CompressionMode.Decompress);
        return JsonSerializer.Deserialize(json, StorageJson.Compact.Impression)!;
    }

    static string PartitionOf(string id, DateTimeOffset at) => $"{Hour(at)}-{Convert.ToInt32(id[^1..], 16) % Shards}";

    static string Hour(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture);

    // Up to the version digit an id is its time in hexadecimal.
    static string FirstIdAt(DateTimeOffset at)
    {
        // Times within a millisecond belong to its id: round up.
        var milliseconds = (long)Math.Ceiling((at - DateTimeOffset.UnixEpoch).TotalMilliseconds);
        return Math.Max(milliseconds, 0).ToString("x12", CultureInfo.InvariantCulture);
    }
}
