using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using SasRec.Core.Events;
using SasRec.Storage.Log;

namespace SasRec.Storage.Training;

/// <summary>Reads the segments of a snapshot, one bucket of users after the other, so that reading takes the memory of one bucket.</summary>
/// <param name="training">The container with the segments.</param>
sealed class SegmentReader(BlobContainerClient training)
{
    /// <summary>The interactions of some segments, each once, by bucket.</summary>
    /// <exception cref="InvalidDataException">A segment does not hold what the snapshot says.</exception>
    public async IAsyncEnumerable<Interaction> ReadAsync(
        IReadOnlyList<SnapshotSegment> segments, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var bucket = 0; bucket < UserBuckets.Count; bucket++)
        {
            await foreach (var interaction in ReadBucketAsync(segments, bucket, cancellation))
            {
                yield return interaction;
            }
        }
    }

    /// <summary>The interactions of one bucket of users in some segments, each once.</summary>
    /// <exception cref="InvalidDataException">A segment does not hold what the snapshot says.</exception>
    public async IAsyncEnumerable<Interaction> ReadBucketAsync(
        IReadOnlyList<SnapshotSegment> segments, int bucket, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var seen = new HashSet<(string User, string Event)>();
        var blocks = await Task.WhenAll(segments.Select(segment => ReadBlockAsync(segment, bucket, cancellation)));
        foreach (var interaction in blocks.SelectMany(block => block))
        {
            if (seen.Add((interaction.UserId, interaction.EventId)))
            {
                yield return interaction;
            }
        }
    }

    /// <summary>The interactions of one bucket of users in one segment; their number is checked as they are read.</summary>
    /// <exception cref="InvalidDataException">The segment does not hold what the snapshot says.</exception>
    public async Task<IEnumerable<Interaction>> ReadBlockAsync(SnapshotSegment segment, int bucket, CancellationToken cancellation)
    {
        var block = segment.Blocks[bucket];
        if (block.Length == 0)
        {
            return Read(segment, block, []);
        }

        var options = new BlobDownloadOptions { Range = new HttpRange(block.Offset, block.Length) };
        var response = await training.GetBlobClient(segment.Name).DownloadContentAsync(options, cancellation);
        return Read(segment, block, response.Value.Content.ToArray());
    }

    static IEnumerable<Interaction> Read(SnapshotSegment segment, SnapshotBlock block, byte[] data)
    {
        var count = 0;
        if (data.Length > 0)
        {
            foreach (var interaction in InteractionBlock.Read(data))
            {
                count++;
                yield return interaction;
            }
        }

        if (count != block.Interactions)
        {
            throw new InvalidDataException($"{segment.Name} has {count} interactions at {block.Offset}; the snapshot says {block.Interactions}.");
        }
    }
}
