using System.Text.Json.Serialization;
using SasRec.Storage.Log;

namespace SasRec.Storage.Training;

/// <summary>The interactions that training sees, as a list of immutable segments: <c>snapshot.json</c>.</summary>
public sealed record Snapshot
{
    /// <summary>The newest format that is known, and the one that is written.</summary>
    public const int KnownFormat = 1;

    /// <summary>The format of this snapshot; 0 in one that does not say.</summary>
    public int FormatVersion { get; init; }

    /// <summary>The change feed up to here is in the segments.</summary>
    public DateTimeOffset Watermark { get; init; }

    /// <summary>The segments, oldest first.</summary>
    public IReadOnlyList<SnapshotSegment> Segments { get; init; } = [];

    /// <summary>Users deleted of late: what they did before, and arrives after, is left out.</summary>
    public IReadOnlyList<SnapshotDeletion> Deletions { get; init; } = [];

    /// <summary>How many interactions were taken in since a training last read the snapshot.</summary>
    public long Untrained { get; init; }

    /// <summary>Up to where of the change feed the last training read; null in a snapshot that does not say.</summary>
    public DateTimeOffset? TrainedUpTo { get; init; }

    /// <summary>How many interactions the segments hold; one that was appended twice may count twice.</summary>
    [JsonIgnore]
    public long Interactions => Segments.Sum(s => s.Interactions);

    /// <summary>The change feed up to here is in the segments.</summary>
    [JsonIgnore]
    public FeedPosition Position => new(Watermark);
}

/// <summary>One immutable blob of interactions: a block for each bucket of users, end to end.</summary>
/// <param name="Name">The blob's name.</param>
/// <param name="Interactions">How many it holds.</param>
/// <param name="Blocks">Its blocks by bucket.</param>
public sealed record SnapshotSegment(string Name, long Interactions, IReadOnlyList<SnapshotBlock> Blocks);

/// <summary>The interactions of one bucket of users in a segment.</summary>
/// <param name="Offset">Where the block begins in the blob.</param>
/// <param name="Length">Its length in bytes; 0 where it has none.</param>
/// <param name="Interactions">How many it holds.</param>
public sealed record SnapshotBlock(long Offset, int Length, int Interactions);

/// <summary>A deleted user, no longer by name.</summary>
/// <param name="UserHash">The first 128 bits of the SHA-256 of the user id.</param>
/// <param name="At">Up to when.</param>
/// <param name="Trained">Whether the snapshot held anything of the user, so that weights may know of it; null in a list that does not say.</param>
public sealed record SnapshotDeletion(string UserHash, DateTimeOffset At, bool? Trained = null);
