using System.Runtime.CompilerServices;
using Azure.Data.Tables;

namespace SasRec.Storage.Log;

/// <summary>Who was deleted and up to when, for ever: one row for each deletion, by the time of it, and a hash in place of the user's id.</summary>
/// <remarks>
/// <para>What a user did up to the time of the tombstone is not to be kept, whenever it arrives. No event has a time later than that of
/// its acceptance, so the event's time alone decides, however long it lay in a queue.</para>
/// <para>A writer looks here after it has written. A deletion writes its tombstone first and deletes rows then. So of two at once either
/// the deletion finds the rows or the writer finds the tombstone.</para>
/// <para>A look asks for the rows since the last one. A row that is visible at v has a key k with v &lt;= k + M (<see cref="TimedRows"/>),
/// so a look that begins M before the last one's time misses none.</para>
/// </remarks>
sealed class Tombstones
{
    const string Partition = "tombstones";

    readonly TableClient table;
    readonly TimedRows timed;
    readonly TimeSpan margin;
    readonly Lock gate = new();
    readonly Dictionary<string, DateTimeOffset> byHash = new(StringComparer.Ordinal);
    DateTimeOffset looked;

    public Tombstones(StorageConnection storage)
    {
        table = storage.Table(Names.DeletionsTable);
        timed = new TimedRows(table, storage.Options, storage.Time);
        margin = storage.Options.FeedMargin;
    }

    /// <summary>How a deleted user is remembered.</summary>
    public static string HashOf(string userId) => TableKey.ShortHash(userId);

    /// <summary>Writes a tombstone over everything that a user did up to now.</summary>
    /// <returns>Up to when it covers: the margin behind now, for events that somebody with a faster clock accepted before.</returns>
    public async Task<DateTimeOffset> AddAsync(string userId, CancellationToken cancellation)
    {
        var at = await timed.WriteAsync(
            time => (Partition, $"{FeedKey.Time(time)}-{Guid.NewGuid():N}"),
            row =>
            {
                row[Names.Columns.UserHash] = HashOf(userId);
                row[Names.Columns.Bucket] = UserBuckets.Of(userId);
            },
            cancellation);
        return at + margin;
    }

    /// <summary>Looks for tombstones that were written since the last look; everything that was visible before the call is known after it.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        DateTimeOffset from;
        lock (gate)
        {
            from = looked;
        }

        DateTimeOffset? answered = null;
        var asked = timed.Now;
        var boundary = from == default ? "" : FeedKey.Time(from - margin - ServerClock.Resolution);
        await foreach (var page in RowsAsync(boundary, "~", cancellation).AsPages())
        {
            answered ??= timed.Observe(page.GetRawResponse(), asked);
            Remember(page.Values.Select(Read));
        }

        lock (gate)
        {
            looked = answered > looked ? answered.Value : looked;
        }
    }

    /// <summary>Whether a tombstone that is known covers what a user did at a time.</summary>
    public bool Cover(string userId, DateTimeOffset at)
    {
        lock (gate)
        {
            return byHash.Count > 0 && byHash.TryGetValue(HashOf(userId), out var until) && at <= until;
        }
    }

    /// <summary>The known tombstone of a user; null where there is none.</summary>
    public DateTimeOffset? Of(string userId)
    {
        lock (gate)
        {
            return byHash.TryGetValue(HashOf(userId), out var until) ? until : null;
        }
    }

    /// <summary>The tombstones that were written after one position, up to another.</summary>
    public async IAsyncEnumerable<UserDeletion> ReadAsync(
        FeedPosition after, FeedPosition upTo, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in RowsAsync(after.Boundary, upTo.Boundary, cancellation))
        {
            yield return Read(row);
        }
    }

    UserDeletion Read(TableEntity row) => new(
        row.RequiredString(Names.Columns.UserHash), row.GetInt32(Names.Columns.Bucket)!.Value, FeedKey.TimeOf(row.RowKey) + margin);

    void Remember(IEnumerable<UserDeletion> deletions)
    {
        lock (gate)
        {
            foreach (var (hash, _, at) in deletions)
            {
                byHash[hash] = byHash.TryGetValue(hash, out var known) && known > at ? known : at;
            }
        }
    }

    Azure.AsyncPageable<TableEntity> RowsAsync(string after, string before, CancellationToken cancellation) => table.QueryAsync<TableEntity>(
        TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey gt {after} and RowKey lt {before}"), cancellationToken: cancellation);
}
