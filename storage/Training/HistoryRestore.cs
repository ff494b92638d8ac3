using Azure;
using Azure.Data.Tables;
using SasRec.Core.Events;
using SasRec.Storage.Log;

namespace SasRec.Storage.Training;

/// <summary>Writes the histories of the training snapshot back into the table <c>Interactions</c>, after that table was lost.</summary>
/// <remarks>
/// <para>Block by block: a segment's share of one bucket of users, so that memory holds one block at a time. Behind the segments comes
/// what the change feed holds beyond the snapshot, so that nothing is missing where only the one table was lost. Rows are written as when
/// an event is appended for the first time, so restoring again changes nothing. The change feed is only read, so that no event reaches
/// the snapshot twice.</para>
/// <para>After each block a row in the same table says how far the restore has come: a restore that is run again goes on from there,
/// and if the table is lost again, so is that row. Its keys are none that a user or an interaction can have.</para>
/// <para>A user who was deleted since the snapshot is left out. One who is deleted while a block is written is deleted again behind
/// it: <see cref="InteractionLog.DeleteUserAsync"/> writes a tombstone before it deletes rows, so that either this
/// restore finds the tombstone after its last write or that deletion finds the rows.</para>
/// </remarks>
/// <param name="storage">The account. Hold its <see cref="Names.RetrainLease"/>, so that nobody moves the snapshot meanwhile.</param>
public sealed class HistoryRestore(StorageConnection storage)
{
    // Enough for many transactions at once, few enough for progress to be seen.
    const int WrittenTogether = 2000;

    const string Partition = "~restore";
    const string Row = "!progress";
    const string SegmentColumn = "Segment";
    const string BucketColumn = "Bucket";

    readonly TableClient table = storage.Table(Names.InteractionsTable);
    readonly HistoryWriter histories = new(storage);
    readonly SnapshotStore snapshots = new(storage);
    readonly SegmentReader segments = new(storage.Container(Names.TrainingContainer));
    readonly ChangeFeed feed = new(storage);
    readonly Dictionary<string, UserDeletion> deleted = new(StringComparer.Ordinal);

    /// <summary>How many interactions there are to restore: those of the snapshot, and those of the feed beyond it.</summary>
    public async Task<long> CountAsync(CancellationToken cancellation = default)
    {
        var snapshot = await snapshots.CurrentAsync(cancellation);
        return snapshot.Interactions + await feed.CountAsync(snapshot.Position, cancellation);
    }

    /// <summary>Restores, from where an earlier attempt stopped.</summary>
    /// <param name="done">Told how many more interactions are dealt with, those of an earlier attempt included.</param>
    /// <param name="cancellation">Ends the call after the rows that are under way; the next call goes on.</param>
    /// <returns>How many interactions this call wrote.</returns>
    /// <exception cref="InvalidDataException">A segment does not hold what the snapshot says.</exception>
    /// <exception cref="NewerFormatException">The snapshot has a format that is not known yet.</exception>
    public async Task<long> RunAsync(Action<long> done, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(done);
        var snapshot = await snapshots.CurrentAsync(cancellation);
        await LookForDeletionsAsync(snapshot.Position, cancellation);
        var (first, bucket) = await FindProgressAsync(snapshot.Segments, cancellation);
        done(snapshot.Segments.Take(first).Sum(s => s.Interactions));
        done(snapshot.Segments.Skip(first).Take(1).Sum(s => s.Blocks.Take(bucket).Sum(b => b.Interactions)));

        var written = 0L;
        foreach (var segment in snapshot.Segments.Skip(first))
        {
            for (; bucket < UserBuckets.Count; bucket++)
            {
                var block = await segments.ReadBlockAsync(segment, bucket, cancellation);
                written += await WriteAsync(block, snapshot.Position, interaction => deleted.ContainsKey(Tombstones.HashOf(interaction.UserId)), done, cancellation);
                await SaveProgressAsync(segment, bucket + 1, cancellation);
            }

            bucket = 0;
        }

        await foreach (var chunk in feed.ReadAsync(snapshot.Position, await feed.AheadAsync(cancellation), cancellation))
        {
            var forgotten = new DeletedUsers(snapshot.Deletions, deleted.Values);
            written += await WriteAsync(chunk.Interactions, snapshot.Position, interaction => forgotten.Cover(interaction, chunk.At), done, cancellation);
        }

        await table.DeleteEntityAsync(Partition, Row, ETag.All, cancellation);
        return written;
    }

    async Task<long> WriteAsync(
        IEnumerable<Interaction> interactions, FeedPosition after, Func<Interaction, bool> forgotten, Action<long> done, CancellationToken cancellation)
    {
        // A user's events together, which makes few transactions of them.
        var written = 0L;
        var users = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in interactions.OrderBy(i => i.UserId, StringComparer.Ordinal).Chunk(WrittenTogether))
        {
            var kept = part.Where(i => !forgotten(i)).DistinctBy(i => (i.UserId, i.EventId));
            written += (await histories.AppendAsync(kept, cancellation)).Count;
            users.UnionWith(part.Select(i => i.UserId));
            done(part.Length);
        }

        // Of those who were deleted meanwhile, and of those whom an attempt that was stopped had written before they were.
        await LookForDeletionsAsync(after, cancellation);
        foreach (var user in users)
        {
            if (deleted.TryGetValue(Tombstones.HashOf(user), out var deletion))
            {
                await histories.DeleteAsync(user, deletion.At, cancellation);
            }
        }

        return written;
    }

    async Task LookForDeletionsAsync(FeedPosition after, CancellationToken cancellation)
    {
        foreach (var deletion in await feed.DeletionsAsync(after, await feed.AheadAsync(cancellation), cancellation))
        {
            deleted[deletion.UserHash] = deletion;
        }
    }

    /// <summary>The segment and the bucket to begin with.</summary>
    async Task<(int Segment, int Bucket)> FindProgressAsync(IReadOnlyList<SnapshotSegment> segments, CancellationToken cancellation)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(Partition, Row, cancellationToken: cancellation);
        if (!row.HasValue || row.Value is not { } progress)
        {
            return (0, 0);
        }

        // Segments keep their order. One that is there no longer was merged with others: from the beginning, then.
        var name = progress.RequiredString(SegmentColumn);
        var segment = segments.Index().Where(s => s.Item.Name == name).Select(s => (int?)s.Index).FirstOrDefault();
        return segment is { } found ? (found, progress.GetInt32(BucketColumn) ?? 0) : (0, 0);
    }

    async Task SaveProgressAsync(SnapshotSegment segment, int bucket, CancellationToken cancellation)
    {
        var row = new TableEntity(Partition, Row) { [SegmentColumn] = segment.Name, [BucketColumn] = bucket };
        await table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellation);
    }
}
