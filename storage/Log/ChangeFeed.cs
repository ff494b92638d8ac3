using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using SasRec.Core.Events;

namespace SasRec.Storage.Log;

/// <summary>Everything that was appended to the log, in the order of its acceptance, for readers that want only what is new.</summary>
/// <remarks>
/// <para>A row holds what one write appended, many interactions in one block. Its key begins with a time k. A reader that holds a
/// position P reads the keys in (P, Q] and goes on from Q, where Q is the storage server's clock, taken before reading, less a lag L.
/// It would miss a row only if the row became visible after that reading although its k is at most Q.</para>
/// <para>That cannot happen to a completed append. The server's answer to a write carries the server's clock d, and the row was
/// visible by d. Unless |d - k| stays within the margin M, the writer writes the same interactions again under a key from the server's clock, until one
/// row satisfies it. For that row, visible at v &lt;= d &lt;= k + M: were it invisible to a reader at time r, then k >= v - M > r - M,
/// which is above Q = r - L, because L > M. So it lies ahead of that reader and is found by a later reading, however late its
/// events were processed and however wrong the writers' clocks are. L is more than 2 M, which leaves another M for clocks that
/// differ between the servers of one account, and for the Date header's whole seconds.</para>
/// <para>A writer that dies before it has such a row has not completed: its queue message is delivered again. A row written twice
/// is harmless: readers drop an event of a user that they have seen.</para>
/// </remarks>
public sealed class ChangeFeed
{
    // Before compression, which makes hardly anything longer.
    const int MaxBlockBytes = DataColumns.MaxBytes * 3 / 4;

    readonly TableClient table;
    readonly StorageOptions options;
    readonly TimeProvider time;
    readonly TimedRows timed;
    readonly Tombstones tombstones;

    /// <summary>The feed of an account.</summary>
    public ChangeFeed(StorageConnection storage)
    {
        ArgumentNullException.ThrowIfNull(storage);
        table = storage.Table(Names.FeedTable);
        (options, time) = (storage.Options, storage.Time);
        timed = new TimedRows(table, options, time);
        tombstones = new Tombstones(storage);
    }

    /// <summary>The newest position up to which nothing can change any more: the storage server's clock less the lag.</summary>
    public async Task<FeedPosition> SettledAsync(CancellationToken cancellation = default) =>
        new(await timed.ServerTimeAsync(cancellation) - options.FeedLag);

    /// <summary>Waits until everything that was appended before this call is settled; at most the lag and three times the margin.</summary>
    /// <returns>A position that includes all of it.</returns>
    public async Task<FeedPosition> SettleAsync(CancellationToken cancellation = default)
    {
        var called = await timed.ServerTimeAsync(cancellation);
        var settled = new FeedPosition(called - options.FeedLag);
        var ahead = new FeedPosition(called + (2 * options.FeedMargin));
        var newest = settled.UpTo;
        string[] key = [nameof(ITableEntity.RowKey)];
        await foreach (var row in RowsAsync(settled, ahead, key, cancellation))
        {
            newest = FeedKey.TimeOf(row.RowKey) is var at && at > newest ? at : newest;
        }

        await foreach (var deletion in tombstones.ReadAsync(settled, ahead, cancellation))
        {
            // A chunk with a key up to there may hold what the deletion covers.
            newest = deletion.At > newest ? deletion.At : newest;
        }

        while (settled.UpTo < newest)
        {
            await Task.Delay(newest - settled.UpTo + TimeSpan.FromMilliseconds(100), time, cancellation);
            settled = await SettledAsync(cancellation);
        }

        return settled;
    }

    /// <summary>What was appended after one position, up to another: chunks of one shard in the order of their times.</summary>
    /// <param name="after">Where the last reading ended.</param>
    /// <param name="upTo">Where this one ends: <see cref="SettledAsync"/> or <see cref="SettleAsync"/>.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async IAsyncEnumerable<FeedChunk> ReadAsync(
        FeedPosition after, FeedPosition upTo, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var row in RowsAsync(after, upTo, null, cancellation))
        {
            yield return new FeedChunk(FeedKey.TimeOf(row.RowKey), [.. InteractionBlock.Read(DataColumns.Read(row))]);
        }
    }

    /// <summary>The deletions of users after one position, up to another.</summary>
    /// <param name="after">Where the last reading ended.</param>
    /// <param name="upTo">Where this one ends.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<IReadOnlyList<UserDeletion>> DeletionsAsync(
        FeedPosition after, FeedPosition upTo, CancellationToken cancellation = default)
    {
        var deletions = new List<UserDeletion>();
        await foreach (var deletion in tombstones.ReadAsync(after, upTo, cancellation))
        {
            deletions.Add(deletion);
        }

        // Rows of an earlier release, which named the user.
        await foreach (var row in DeletionRowsAsync(after, upTo, null, cancellation))
        {
            var user = row.RequiredString(Names.Columns.Deleted);
            deletions.Add(new UserDeletion(Tombstones.HashOf(user), UserBuckets.Of(user), FeedKey.TimeOf(row.RowKey) + options.FeedMargin));
        }

        return deletions;
    }

    /// <summary>How many interactions were appended after a position; what was appended twice counts twice.</summary>
    /// <param name="after">Where the last reading ended.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<long> CountAsync(FeedPosition after, CancellationToken cancellation = default)
    {
        var count = 0L;
        await foreach (var row in RowsAsync(after, await AheadAsync(cancellation), [Names.Columns.Count], cancellation))
        {
            count += row.GetInt32(Names.Columns.Count) ?? 0;
        }

        return count;
    }

    /// <summary>Whether the feed still holds something up to a position.</summary>
    internal async Task<bool> HoldsAsync(FeedPosition upTo, CancellationToken cancellation)
    {
        string[] key = [nameof(ITableEntity.RowKey)];
        return await RowsAsync(FeedPosition.Start, upTo, key, cancellation).AnyAsync(cancellation)
            || await DeletionRowsAsync(FeedPosition.Start, upTo, key, cancellation).AnyAsync(cancellation);
    }

    /// <summary>A position that includes everything that is visible now, settled or not.</summary>
    internal async Task<FeedPosition> AheadAsync(CancellationToken cancellation) =>
        new(await timed.ServerTimeAsync(cancellation) + TimeSpan.FromDays(1));

    /// <summary>Removes everything up to a position. For the one reader that has put it elsewhere.</summary>
    internal async Task RemoveAsync(FeedPosition upTo, CancellationToken cancellation)
    {
        string[] keys = [nameof(ITableEntity.PartitionKey), nameof(ITableEntity.RowKey)];
        var rows = new List<TableEntity>();
        foreach (var range in new IAsyncEnumerable<TableEntity>[]
        {
            RowsAsync(FeedPosition.Start, upTo, keys, cancellation), DeletionRowsAsync(FeedPosition.Start, upTo, keys, cancellation),
        })
        {
            await foreach (var row in range)
            {
                rows.Add(row);
            }
        }

        await table.DeleteAllAsync(rows, options.Parallelism, cancellation);
    }

    /// <summary>Adds interactions; when it returns, every later reading finds them.</summary>
    internal async Task AppendAsync(IReadOnlyList<Interaction> interactions, CancellationToken cancellation)
    {
        for (var first = 0; first < interactions.Count;)
        {
            using var block = new InteractionBlock();
            var bytes = 0;
            for (; first < interactions.Count; first++)
            {
                bytes += InteractionBlock.MaxBytes(interactions[first]);
                if (bytes > MaxBlockBytes)
                {
                    break;
                }

                block.Write(interactions[first]);
            }

            var (count, data) = (block.Count, block.ToArray());
            await timed.WriteAsync(FeedKey.NewChunk, row =>
            {
                row[Names.Columns.Count] = count;
                DataColumns.Write(row, data);
            }, cancellation);
        }
    }

    async IAsyncEnumerable<TableEntity> RowsAsync(
        FeedPosition after, FeedPosition upTo, string[]? columns, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // Row keys are times in every partition, so that one range over the days of a shard is filtered by time on the server.
        foreach (var (first, last) in FeedKey.Partitions(after.UpTo, upTo.UpTo))
        {
            var filter = TableClient.CreateQueryFilter(
                $"PartitionKey ge {first} and PartitionKey lt {last} and RowKey gt {after.Boundary} and RowKey lt {upTo.Boundary}");
            await foreach (var row in table.QueryAsync<TableEntity>(filter, select: columns, cancellationToken: cancellation))
            {
                yield return row;
            }
        }
    }

    AsyncPageable<TableEntity> DeletionRowsAsync(FeedPosition after, FeedPosition upTo, string[]? columns, CancellationToken cancellation)
    {
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {FeedKey.Deletions} and RowKey gt {after.Boundary} and RowKey lt {upTo.Boundary}");
        return table.QueryAsync<TableEntity>(filter, select: columns, cancellationToken: cancellation);
    }
}
