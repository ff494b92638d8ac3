namespace SasRec.Storage.Log;

/// <summary>How far the change feed has been read: everything whose key has this time or an earlier one.</summary>
/// <param name="UpTo">A time of the storage server's clock.</param>
public readonly record struct FeedPosition(DateTimeOffset UpTo) : IComparable<FeedPosition>
{
    /// <summary>Before everything.</summary>
    public static FeedPosition Start => default;

    /// <summary>What every key up to here sorts below, and every later key above.</summary>
    internal string Boundary => FeedKey.Time(UpTo) + "~";

    /// <inheritdoc/>
    public int CompareTo(FeedPosition other) => UpTo.CompareTo(other.UpTo);

    /// <summary>Whether the left position is before the right.</summary>
    public static bool operator <(FeedPosition left, FeedPosition right) => left.UpTo < right.UpTo;

    /// <summary>Whether the left position is behind the right.</summary>
    public static bool operator >(FeedPosition left, FeedPosition right) => left.UpTo > right.UpTo;

    /// <summary>Whether the left position is not behind the right.</summary>
    public static bool operator <=(FeedPosition left, FeedPosition right) => left.UpTo <= right.UpTo;

    /// <summary>Whether the left position is not before the right.</summary>
    public static bool operator >=(FeedPosition left, FeedPosition right) => left.UpTo >= right.UpTo;
}

/// <summary>What was appended by one write.</summary>
/// <param name="At">The time in its key.</param>
/// <param name="Interactions">The interactions.</param>
public sealed record FeedChunk(DateTimeOffset At, IReadOnlyList<Core.Events.Interaction> Interactions);

/// <summary>A user was deleted with everything up to then.</summary>
/// <param name="UserHash">Who: the first 128 bits of the SHA-256 of the user id, in hexadecimal.</param>
/// <param name="Bucket">The bucket of the user (<see cref="UserBuckets"/>).</param>
/// <param name="At">Up to when, by the storage server's clock.</param>
public sealed record UserDeletion(string UserHash, int Bucket, DateTimeOffset At);
