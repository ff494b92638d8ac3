using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using SasRec.Core.Events;
using SasRec.Storage.Log;

namespace SasRec.Storage.Training;

/// <summary>Gathers interactions into segments of bounded size and uploads them.</summary>
sealed class SegmentWriter(BlobContainerClient training, int maxInteractions)
{
    readonly List<SnapshotSegment> segments = [];
    readonly HashSet<(string User, string Event)> seen = [];
    InteractionBlock?[] blocks = new InteractionBlock?[Buckets];

    /// <summary>Users are spread over buckets, so that a reader holds one bucket's share of the events at a time.</summary>
    public const int Buckets = 32;

    /// <summary>The bucket of a user: FNV-1a over the id's UTF-16 units.</summary>
    public static int BucketOf(string userId)
    {
        var hash = 2166136261u;
        foreach (var c in userId)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return (int)((hash ^ (hash >> 16)) % Buckets);
    }

    /// <summary>Adds an interaction, unless the segment at hand has it.</summary>
    public async Task WriteAsync(Interaction interaction, CancellationToken cancellation)
    {
        if (!seen.Add((interaction.UserId, interaction.EventId)))
        {
            return;
        }

        (blocks[BucketOf(interaction.UserId)] ??= new InteractionBlock()).Write(interaction);
        if (seen.Count == maxInteractions)
        {
            await UploadAsync(cancellation);
        }
    }

    /// <summary>Uploads what is left and returns every segment written.</summary>
    public async Task<IReadOnlyList<SnapshotSegment>> CompleteAsync(CancellationToken cancellation)
    {
        if (seen.Count > 0)
        {
            await UploadAsync(cancellation);
        }

        return segments;
    }

    async Task UploadAsync(CancellationToken cancellation)
    {
        using var content = new MemoryStream();
        var index = new SnapshotBlock[Buckets];
        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            using var block = blocks[bucket];
            var data = block?.ToArray() ?? [];
            index[bucket] = new SnapshotBlock(content.Length, data.Length, block?.Count ?? 0);
            content.Write(data);
        }

        content.Position = 0;
        var name = $"{Names.TrainingBlobs.Segments}{Guid.CreateVersion7():N}";
        await training.GetBlobClient(name).UploadAsync(content, new BlobUploadOptions
        {
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
        }, cancellation);
        segments.Add(new SnapshotSegment(name, seen.Count, index));
        seen.Clear();
        blocks = new InteractionBlock?[Buckets];
    }
}
