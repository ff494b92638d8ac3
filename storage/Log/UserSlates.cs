using System.Globalization;
using Azure.Data.Tables;
using SasRec.Core.Events;

namespace SasRec.Storage.Log;

/// <summary>What a user was shown: read page by page, and forgotten.</summary>
/// <remarks>A list by user finds the slates; those of an earlier release, which kept no list, are scanned for.</remarks>
public sealed class UserSlates(StorageConnection storage)
{
    const int MaxPage = 100;

    // What a place begins with once the listed slates are read: the range that is scanned next, and where in it.
    const char Unlisted = 'u';

    readonly TableClient table = storage.Table(Names.ImpressionsTable);
    readonly ImpressionLog impressions = new(storage);
    readonly UserImpressions users = new(storage);
    readonly int parallelism = storage.Options.Parallelism;

    /// <summary>A user's slates page by page, oldest first, with what named each since; those of an earlier release come last.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="after">Where the page before ended; null for the first.</param>
    /// <param name="count">How many at most, 1 or more; a page holds no more than 100.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The page, and where it ended; null where nothing is left. A page may be empty although others follow.</returns>
    public async Task<(IReadOnlyList<ServedSlate> Page, string? Next)> PageAsync(
        string userId, string? after, int count, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        count = Math.Min(count, MaxPage);
        if (TryReadUnlisted(after, out var range, out var continuation))
        {
            return await UnlistedPageAsync(userId, range, continuation, count, cancellation);
        }

        var ids = await users.OfAsync(userId, after, cancellation).Take(count).ToArrayAsync(cancellation);
        var page = new List<ServedSlate>();
        foreach (var part in ids.Chunk(parallelism))
        {
            var found = await Task.WhenAll(part.Select(id => SlateAsync(id, cancellation)));
            page.AddRange(found.OfType<ServedSlate>().Where(slate => slate.Impression.UserId == userId));
        }

        return (page, ids.Length == count ? ids[^1] : WriteUnlisted(0, null));
    }

    /// <summary>Takes a user's name off every impression of a time; the slates stay as evidence of what was served.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="upTo">The last moment of serving that counts.</param>
    /// <param name="cancellation">Ends the call; the next one goes on.</param>
    /// <returns>How many impressions named the user.</returns>
    public async Task<int> ForgetAsync(string userId, DateTimeOffset upTo, CancellationToken cancellation = default)
    {
        var named = new List<Impression>();
        foreach (var part in (await users.OfAsync(userId, null, cancellation).ToArrayAsync(cancellation)).Chunk(parallelism))
        {
            var found = await Task.WhenAll(part.Select(id => impressions.GetAsync(id, cancellation)));
            named.AddRange(found.OfType<Impression>().Where(i => i.UserId == userId && i.ServedAt <= upTo));
        }

        await impressions.TakeNamesOffAsync(named, cancellation);
        return named.Count;
    }

    /// <summary>The same for the impressions of an earlier release, which kept no list of a user's slates: a scan of what is left of them.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="cancellation">Ends the call; the next one begins again.</param>
    /// <returns>How many impressions named the user.</returns>
    public async Task<int> ForgetUnlistedAsync(string userId, CancellationToken cancellation = default)
    {
        var found = new List<Impression>();
        foreach (var filter in await UnlistedAsync(userId, cancellation))
        {
            await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellation))
            {
                found.Add(SlateRow.Read(row));
            }
        }

        await impressions.TakeNamesOffAsync(found, cancellation);
        return found.Count;
    }

    async Task<(IReadOnlyList<ServedSlate> Page, string? Next)> UnlistedPageAsync(
        string userId, int range, string? continuation, int count, CancellationToken cancellation)
    {
        var filters = await UnlistedAsync(userId, cancellation);
        for (; range < filters.Length; (range, continuation) = (range + 1, null))
        {
            await foreach (var rows in table.QueryAsync<TableEntity>(filters[range], count, cancellationToken: cancellation).AsPages(continuation))
            {
                if (!string.IsNullOrEmpty(rows.ContinuationToken))
                {
                    return (await UnlistedOfAsync(userId, rows.Values, cancellation), WriteUnlisted(range, rows.ContinuationToken));
                }

                if (rows.Values.Count > 0)
                {
                    return (await UnlistedOfAsync(userId, rows.Values, cancellation), range + 1 < filters.Length ? WriteUnlisted(range + 1, null) : null);
                }
            }
        }

        return ([], null);
    }

    /// <summary>The slates of some rows but those that are listed, which earlier pages had.</summary>
    async Task<IReadOnlyList<ServedSlate>> UnlistedOfAsync(string userId, IReadOnlyList<TableEntity> rows, CancellationToken cancellation)
    {
        var listed = rows.Count == 0 ? [] : await users.OfAsync(userId, null, cancellation).ToHashSetAsync(StringComparer.Ordinal, cancellation);
        var slates = await Task.WhenAll(
            rows.Where(row => !listed.Contains(row.RowKey)).Select(row => SlateAsync(row.PartitionKey, row.RowKey, cancellation)));
        return [.. slates.OfType<ServedSlate>()];
    }

    /// <summary>The rows of a user that may stand in no list, as filters.</summary>
    async Task<string[]> UnlistedAsync(string userId, CancellationToken cancellation)
    {
        var before = await users.SinceAsync(cancellation);
        var named = TableClient.CreateQueryFilter($"User eq {userId}");
        return [.. SlateKey.Ranges(DateTimeOffset.UnixEpoch, before).Select(range => $"{range} and {named}")];
    }

    async Task<ServedSlate?> SlateAsync(string id, CancellationToken cancellation) =>
        RecommendationId.TryGetTime(id, out var at)
            ? await SlateAsync(SlateKey.PartitionOf(id, at), id, cancellation) ?? await SlateAsync(SlateKey.FormerPartitionOf(id, at), id, cancellation)
            : null;

    async Task<ServedSlate?> SlateAsync(string partition, string id, CancellationToken cancellation)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {id} and RowKey lt {SlateKey.ShadowRow(id)}");
        return await impressions.SlatesAsync(filter, cancellation).FirstOrDefaultAsync(cancellation);
    }

    static string WriteUnlisted(int range, string? continuation) =>
        string.Create(CultureInfo.InvariantCulture, $"{Unlisted}{range}:{continuation}");

    static bool TryReadUnlisted(string? place, out int range, out string? continuation)
    {
        (range, continuation) = (0, null);
        if (place is not [Unlisted, ..] || place.IndexOf(':', StringComparison.Ordinal) is var colon && colon < 0)
        {
            return false;
        }

        continuation = colon + 1 < place.Length ? place[(colon + 1)..] : null;
        return int.TryParse(place.AsSpan(1, colon - 1), NumberStyles.None, CultureInfo.InvariantCulture, out range);
    }
}
