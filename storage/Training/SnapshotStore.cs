using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using SasRec.Core.Events;
using SasRec.Storage.Log;

namespace SasRec.Storage.Training;

/// <summary>What training sees of the log: segments that only ever grow in number, and a watermark moved with If-Match.</summary>
/// <remarks>
/// An update reads the change feed from the watermark on, writes new segments, moves <c>snapshot.json</c> and only then removes from the
/// feed what the segments hold. One that dies on the way changes nothing; its segments are removed by the next. Users are spread over
/// <see cref="UserBuckets.Count"/> buckets and read bucket by bucket, so that reading takes the memory of one bucket.
/// </remarks>
public sealed class SnapshotStore(StorageConnection storage)
{
    const int MaxSegmentInteractions = 1_000_000;

    // From so many segments on, the small ones are merged.
    const int ManySegments = 16;

    /// <summary>How long <see cref="Snapshot.Deletions"/> remembers: longer than weights may know of a user who was deleted.</summary>
    public static readonly TimeSpan DeletionMemory = TimeSpan.FromDays(60);

    readonly BlobContainerClient training = storage.Container(Names.TrainingContainer);
    readonly SegmentReader segments = new(storage.Container(Names.TrainingContainer));
    readonly ChangeFeed feed = new(storage);

    /// <summary>The snapshot as it is; empty before the first update.</summary>
    /// <exception cref="SnapshotCorruptException">It cannot be read.</exception>
    /// <exception cref="NewerFormatException">It has a format that is not known yet.</exception>
    public async Task<Snapshot> CurrentAsync(CancellationToken cancellation = default) => (await LoadAsync(cancellation)).Snapshot;

    /// <summary>How many interactions the feed holds that the snapshot does not; what was appended twice counts twice.</summary>
    public async Task<long> CountNewAsync(CancellationToken cancellation = default) =>
        await CountNewAsync(await CurrentAsync(cancellation), cancellation);

    /// <summary>The same of a snapshot.</summary>
    public async Task<long> CountNewAsync(Snapshot snapshot, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return await feed.CountAsync(snapshot.Position, cancellation);
    }

    /// <summary>Takes in what is new, to train on it. Everything whose append had completed before the call is in the snapshot that it
    /// returns.</summary>
    /// <exception cref="InvalidOperationException">Somebody else moved the snapshot meanwhile:
    /// hold a <see cref="SingleFlight"/>.</exception>
    public Task<Snapshot> UpdateAsync(CancellationToken cancellation = default) => UpdateAsync(trains: true, cancellation);

    /// <summary>The same.</summary>
    /// <param name="trains">Whether a training reads it: then nothing in it is new to training any more.</param>
    /// <param name="cancellation">Ends the call; the snapshot is then as it was.</param>
    /// <exception cref="InvalidOperationException">Somebody else moved the snapshot meanwhile:
    /// hold a <see cref="SingleFlight"/>.</exception>
    public async Task<Snapshot> UpdateAsync(bool trains, CancellationToken cancellation = default) =>
        await UpdateAsync(await feed.SettleAsync(cancellation), cancellation, trains);

    /// <summary>The interactions of a snapshot, each once, in no particular order; the same snapshot is always read in the same order.
    /// </summary>
    /// <exception cref="InvalidDataException">A segment does not hold what the snapshot says.</exception>
    public IAsyncEnumerable<Interaction> ReadAsync(Snapshot snapshot, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return segments.ReadAsync(snapshot.Segments, cancellation);
    }

    /// <summary>The interactions of one bucket of users, each once, in no particular order. All of a user are in one bucket.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="bucket"><see cref="UserBuckets.Of"/> of the users, 0 to <see cref="UserBuckets.Count"/> - 1.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InvalidDataException">A segment does not hold what the snapshot says.</exception>
    public IAsyncEnumerable<Interaction> ReadBucketAsync(Snapshot snapshot, int bucket, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return segments.ReadBucketAsync(snapshot.Segments, bucket, cancellation);
    }

    /// <summary>Writes the snapshot anew from the histories, whatever there is of it: what was appended to the feed since comes in with the next
    /// update, and an interaction that is in both counts once.</summary>
    /// <remarks>Hold the <see cref="Names.RetrainLease"/>. A scan of every history.</remarks>
    /// <param name="done">Told how many more interactions were read.</param>
    /// <param name="cancellation">Ends the call; the snapshot is then as it was.</param>
    public Task<Snapshot> RebuildAsync(Action<long> done, CancellationToken cancellation = default) =>
        RebuildAsync(new InteractionLog(storage).ScanAsync(cancellation), done, cancellation);

    /// <summary>The same from interactions of any source.</summary>
    /// <param name="interactions">In any order; an event that comes twice counts once.</param>
    /// <param name="done">Told how many more interactions were read.</param>
    /// <param name="cancellation">Ends the call; the snapshot is then as it was.</param>
    public async Task<Snapshot> RebuildAsync(IAsyncEnumerable<Interaction> interactions, Action<long> done, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        ArgumentNullException.ThrowIfNull(done);
        var writer = new SegmentWriter(training, MaxSegmentInteractions);
        await foreach (var interaction in interactions.WithCancellation(cancellation))
        {
            await writer.WriteAsync(interaction, cancellation);
            done(1);
        }

        var next = new Snapshot { FormatVersion = Snapshot.KnownFormat, Segments = await writer.CompleteAsync(cancellation) };
        var json = JsonSerializer.SerializeToUtf8Bytes(next, TrainingJson.Compact.Snapshot);
        await training.GetBlobClient(Names.TrainingBlobs.Snapshot).UploadAsync(new BinaryData(json), overwrite: true, cancellation);
        return next;
    }

    /// <summary>Whether nothing is left of what was appended up to a time by users who were deleted by then: in segments, in segments that
    /// were replaced, in the feed.</summary>
    /// <param name="at">A time of the storage server's clock.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<bool> HasForgottenAsync(DateTimeOffset at, CancellationToken cancellation = default)
    {
        var current = await CurrentAsync(cancellation);
        if (current.Watermark < at)
        {
            return false;
        }

        var names = current.Segments.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        var replaced = await training.GetBlobsAsync(new() { Prefix = Names.TrainingBlobs.Segments }, cancellation)
            .AnyAsync(blob => !names.Contains(blob.Name), cancellation);
        return !replaced && !await feed.HoldsAsync(current.Position, cancellation);
    }

    internal async Task<Snapshot> UpdateAsync(FeedPosition upTo, CancellationToken cancellation, bool trains = true)
    {
        var (current, etag) = await LoadAsync(cancellation);
        if (upTo <= current.Position && !(trains && current.Untrained > 0))
        {
            return current;
        }

        upTo = upTo <= current.Position ? current.Position : upTo;

        // Listed before the move: a segment of somebody whose own move can still succeed is not among them.
        var listed = new List<string>();
        await foreach (var blob in training.GetBlobsAsync(new() { Prefix = Names.TrainingBlobs.Segments }, cancellation))
        {
            listed.Add(blob.Name);
        }

        var fresh = await feed.DeletionsAsync(current.Position, upTo, cancellation);
        var deletions = new DeletedUsers(current.Deletions.Where(d => d.At > upTo.UpTo - DeletionMemory), fresh);
        var kept = await KeptSegmentsAsync(current.Segments, fresh, cancellation);
        var writer = new SegmentWriter(training, MaxSegmentInteractions);
        var gone = new FreshDeletions(fresh);
        await foreach (var interaction in segments.ReadAsync([.. current.Segments.Except(kept)], cancellation))
        {
            // Whatever a segment holds was appended before the deletions that are new.
            if (gone.HashOf(interaction.UserId) is { } hash)
            {
                deletions.Trained(hash);
            }
            else
            {
                await writer.WriteAsync(interaction, cancellation);
            }
        }

        long added = 0;
        await foreach (var chunk in feed.ReadAsync(current.Position, upTo, cancellation))
        {
            foreach (var interaction in chunk.Interactions)
            {
                if (!deletions.Cover(interaction, chunk.At))
                {
                    await writer.WriteAsync(interaction, cancellation);
                    added++;
                }
            }
        }

        var next = new Snapshot
        {
            FormatVersion = Snapshot.KnownFormat,
            Watermark = upTo.UpTo,
            Segments = [.. kept, .. await writer.CompleteAsync(cancellation)],
            Deletions = deletions.ToList(),
            Untrained = trains ? 0 : current.Untrained + added,
            TrainedUpTo = trains ? upTo.UpTo : current.TrainedUpTo,
        };
        await SaveAsync(next, etag, cancellation);
        foreach (var orphan in listed.Except(next.Segments.Select(s => s.Name)))
        {
            await training.DeleteBlobIfExistsAsync(orphan, cancellationToken: cancellation);
        }

        await feed.RemoveAsync(upTo, cancellation);
        return next;
    }

    /// <summary>The segments that stay as they are: no deleted user in them, and not one of too many small ones.</summary>
    async Task<IReadOnlyList<SnapshotSegment>> KeptSegmentsAsync(
        IReadOnlyList<SnapshotSegment> all, IReadOnlyList<UserDeletion> deletions, CancellationToken cancellation)
    {
        var gone = new FreshDeletions(deletions);
        var kept = new List<SnapshotSegment>();
        foreach (var segment in all.Where(s => all.Count < ManySegments || s.Interactions > MaxSegmentInteractions / 2))
        {
            var blocks = await Task.WhenAll(gone.Buckets.Select(bucket => segments.ReadBlockAsync(segment, bucket, cancellation)));
            if (!blocks.SelectMany(block => block).Any(i => gone.HashOf(i.UserId) is not null))
            {
                kept.Add(segment);
            }
        }

        return kept;
    }

    async Task<(Snapshot Snapshot, ETag? ETag)> LoadAsync(CancellationToken cancellation)
    {
        try
        {
            var response = await training.GetBlobClient(Names.TrainingBlobs.Snapshot).DownloadContentAsync(cancellation);
            StoredFormat.Check("The training snapshot", response.Value.Content, Snapshot.KnownFormat);
            return (JsonSerializer.Deserialize(response.Value.Content, TrainingJson.Compact.Snapshot)!, response.Value.Details.ETag);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return (new Snapshot(), null);
        }
        catch (JsonException e)
        {
            throw new SnapshotCorruptException(e);
        }
    }

    async Task SaveAsync(Snapshot snapshot, ETag? expected, CancellationToken cancellation)
    {
        var conditions = expected is { } etag
            ? new BlobRequestConditions { IfMatch = etag }
            : new BlobRequestConditions { IfNoneMatch = ETag.All };
        try
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(snapshot, TrainingJson.Compact.Snapshot);
            await training.GetBlobClient(Names.TrainingBlobs.Snapshot)
                .UploadAsync(new BinaryData(json), new BlobUploadOptions { Conditions = conditions }, cancellation);
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412)
        {
            throw new InvalidOperationException("Somebody else moved the training snapshot during this update; hold a lease round it.", e);
        }
    }
}
