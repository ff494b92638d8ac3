using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using SasRec.Core.Events;
using SasRec.Storage.Telemetry;

namespace SasRec.Storage.Log;

/// <summary>The slates that were served, and what named them since: found by recommendation id with one point read, scanned by time.</summary>
/// <remarks>The id holds its time (<see cref="RecommendationId"/>) and ends in its shard, so the partition, a shard and an hour,
/// follows from it; the row is the id.</remarks>
public sealed class ImpressionLog(StorageConnection storage)
{
    static readonly TimeSpan ShortestSpan = TimeSpan.FromMinutes(1);

    readonly TableClient table = storage.Table(Names.ImpressionsTable);
    readonly UserImpressions users = new(storage);
    readonly Tombstones tombstones = new(storage);
    readonly int parallelism = storage.Options.Parallelism;

    /// <summary>Appends impressions; one that is appended again is the same row. Those of a user who was deleted since lose the name.</summary>
    /// <param name="impressions">The impressions.</param>
    /// <param name="cancellation">Ends the call; appending the same again is safe.</param>
    /// <exception cref="ArgumentException">A recommendation id is none that <see cref="RecommendationId.New"/> makes.</exception>
    public async Task AppendAsync(IReadOnlyList<Impression> impressions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(impressions);
        using var span = TableSpans.Start(Spans.Append, Names.ImpressionsTable, impressions.Count);
        Impression[] distinct = [.. impressions.DistinctBy(i => i.RecommendationId).Select(i => IsForgotten(i) ? i with { UserId = null } : i)];
        await users.AppendAsync(distinct.Where(i => i.UserId is not null).Select(i => (i.UserId!, i.RecommendationId)), cancellation);
        await WriteAsync(distinct, cancellation);

        await tombstones.LookAsync(cancellation);
        Impression[] forgotten = [.. impressions.DistinctBy(i => i.RecommendationId).Where(IsForgotten)];
        await TakeNamesOffAsync(forgotten, cancellation);
    }

    async Task WriteAsync(IEnumerable<Impression> impressions, CancellationToken cancellation)
    {
        var transactions = impressions
            .Select(SlateRow.Write)
            .GroupBy(row => row.PartitionKey)
            .SelectMany(partition => partition.Chunk(TableRows.MaxActions / 4));
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation };
        await Parallel.ForEachAsync(transactions.ToArray(), options, async (rows, token) =>
            await table.UpsertAllAsync(rows, token));
    }

    /// <summary>The impression of a recommendation; null where there is none.</summary>
    public async Task<Impression?> GetAsync(string recommendationId, CancellationToken cancellation = default)
    {
        if (!RecommendationId.TryGetTime(recommendationId, out var at))
        {
            return null;
        }

        foreach (var partition in new[] { SlateKey.PartitionOf(recommendationId, at), SlateKey.FormerPartitionOf(recommendationId, at) })
        {
            var row = await table.GetEntityIfExistsAsync<TableEntity>(partition, recommendationId, cancellationToken: cancellation);
            if (row.HasValue)
            {
                return SlateRow.Read(row.Value!);
            }
        }

        return null;
    }

    /// <summary>The impressions whose ids were made in a span of time, in the order of their ids.</summary>
    /// <param name="from">The first time that belongs to it.</param>
    /// <param name="until">The first time that no longer does.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async IAsyncEnumerable<Impression> ScanAsync(
        DateTimeOffset from, DateTimeOffset until, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var slate in MergedAsync(SlateKey.Ranges(from, until), cancellation))
        {
            yield return slate.Impression;
        }
    }

    /// <summary>The same with everything that named each slate since, by whatever way and however early or late it came.</summary>
    /// <param name="from">The first time that belongs to it.</param>
    /// <param name="until">The first time that no longer does.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public IAsyncEnumerable<ServedSlate> ScanSlatesAsync(
        DateTimeOffset from, DateTimeOffset until, CancellationToken cancellation = default) =>
        MergedAsync(SlateKey.Ranges(from, until), cancellation);

    /// <summary>The newest slates of a span of time, with what named them: about as many rows are read, however long the span is.</summary>
    /// <remarks>
    /// Walks back from the end in spans that grow while they hold little and shrink where they hold too much. Where a single minute holds
    /// more than is left to read, it is any of that minute's.
    /// </remarks>
    /// <param name="from">The first time that belongs to it.</param>
    /// <param name="until">The first time that no longer does.</param>
    /// <param name="count">How many at most, 1 or more.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<NewestSlates> NewestSlatesAsync(
        DateTimeOffset from, DateTimeOffset until, int count, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var found = new List<ServedSlate>();
        for (var (end, span) = (until, ShortestSpan); end > from;)
        {
            var begin = end - from > span ? end - span : from;
            var part = await SlatesAsync(begin, end, count - found.Count + 1, cancellation);
            if (found.Count + part.Count > count)
            {
                if (span > ShortestSpan)
                {
                    span = span / 4 > ShortestSpan ? span / 4 : ShortestSpan;
                    continue;
                }

                found.AddRange(part.Take(count - found.Count));
                return new NewestSlates(found, Complete: false);
            }

            found.AddRange(part);
            end = begin;
            span = 8 * part.Count < count - found.Count ? span * 4 : span;
        }

        return new NewestSlates(found, Complete: true);
    }

    /// <summary>Removes slates that are older than a time, with what named them.</summary>
    /// <param name="before">The first moment that stays.</param>
    /// <param name="most">How many rows at most.</param>
    /// <param name="cancellation">Ends the call; the next one goes on.</param>
    /// <returns>How many rows were removed; as many as were allowed where there may be more.</returns>
    public async Task<int> RemoveAsync(DateTimeOffset before, int most, CancellationToken cancellation = default)
    {
        string[] columns = [nameof(ITableEntity.PartitionKey), nameof(ITableEntity.RowKey), Names.Columns.User];
        var rows = new List<TableEntity>();
        foreach (var range in SlateKey.Ranges(DateTimeOffset.UnixEpoch, before))
        {
            await foreach (var row in table.QueryAsync<TableEntity>(range, null, columns, cancellation))
            {
                rows.Add(row);
                if (rows.Count == most)
                {
                    break;
                }
            }

            if (rows.Count == most)
            {
                break;
            }
        }

        var named = rows.Where(row => row.GetString(Names.Columns.User) is not null).ToArray();
        await table.DeleteAllAsync(rows, parallelism, cancellation);
        await users.RemoveAsync(named.Select(row => (row.GetString(Names.Columns.User), row.RowKey)), cancellation);
        return rows.Count;
    }

    /// <summary>Takes the names off impressions that have one; the slates stay as evidence of what was served.</summary>
    internal async Task TakeNamesOffAsync(IReadOnlyCollection<Impression> impressions, CancellationToken cancellation)
    {
        await WriteAsync(impressions.Select(i => i with { UserId = null }), cancellation);
        await table.DeleteAllAsync([.. impressions.Select(SlateRow.Former)], parallelism, cancellation);
        await users.RemoveAsync(impressions.Select(i => (i.UserId!, i.RecommendationId)), cancellation);
    }

    bool IsForgotten(Impression impression) =>
        impression.UserId is { } user && tombstones.Cover(user, impression.ServedAt);

    /// <summary>At most so many slates of a span, newest first.</summary>
    async Task<List<ServedSlate>> SlatesAsync(DateTimeOffset from, DateTimeOffset until, int most, CancellationToken cancellation)
    {
        // A short span touches few partitions, of which only the rows of the span are read; a long one is read from end to end.
        var parts = new ConcurrentBag<List<ServedSlate>>();
        string[] filters = until - from <= TimeSpan.FromHours(1) ? [.. SlateKey.Partitions(from, until)] : [.. SlateKey.Ranges(from, until)];
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation };
        await Parallel.ForEachAsync(filters, options, async (filter, token) =>
        {
            var part = new List<ServedSlate>();
            await foreach (var slate in SlatesAsync(filter, token))
            {
                part.Add(slate);
                if (part.Count == most)
                {
                    break;
                }
            }

            parts.Add(part);
        });
        return [.. parts.SelectMany(p => p).OrderByDescending(s => s.Impression.RecommendationId, StringComparer.Ordinal)];
    }

    /// <summary>The slates of some filters, each read from its first to its last, in the order of their ids.</summary>
    IAsyncEnumerable<ServedSlate> MergedAsync(IEnumerable<string> filters, CancellationToken cancellation) =>
        filters.Select(filter => SlatesAsync(filter, cancellation)).MergedAsync(slate => slate.Impression.RecommendationId, cancellation);

    /// <summary>Rows of one slate follow each other: the impression, then what named it. Events of a slate that was never logged are passed over.</summary>
    internal async IAsyncEnumerable<ServedSlate> SlatesAsync(string filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ServedSlate? current = null;
        var events = new List<SlateEvent>();
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellation))
        {
            if (SlateKey.IsSlate(row.RowKey))
            {
                if (current is not null)
                {
                    yield return current;
                }

                events = [];
                current = new ServedSlate(SlateRow.Read(row), events);
            }
            else if (current is not null && row.RowKey.StartsWith(current.Impression.RecommendationId, StringComparison.Ordinal))
            {
                if (SlateKey.IsEvent(row.RowKey))
                {
                    events.Add(SlateEvents.Read(row));
                }
                else if (SlateKey.IsShadow(row.RowKey))
                {
                    current = current with { Shadow = SlateShadows.Read(row) };
                }
            }
        }

        if (current is not null)
        {
            yield return current;
        }
    }
}

/// <summary>The newest slates of a span of time.</summary>
/// <param name="Slates">Newest first.</param>
/// <param name="Complete">Whether these are all.</param>
public sealed record NewestSlates(IReadOnlyList<ServedSlate> Slates, bool Complete);
