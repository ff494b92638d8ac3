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
    InteractionBlock?[] blocks = new InteractionBlock?[UserBuckets.Count];

    /// <summary>Adds an interaction, unless the segment at hand has it.</summary>
    public async Task WriteAsync(Interaction interaction, CancellationToken cancellation)
    {
        if (!seen.Add((interaction.UserId, interaction.EventId)))
        {
            return;
        }

        (blocks[UserBuckets.Of(interaction.UserId)] ??= new InteractionBlock()).Write(interaction);
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
        var index = new SnapshotBlock[UserBuckets.Count];
        for (var bucket = 0; bucket < UserBuckets.Count; bucket++)
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
        blocks = new InteractionBlock?[UserBuckets.Count];
    }
}
