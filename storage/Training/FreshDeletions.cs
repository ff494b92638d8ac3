using SasRec.Storage.Log;

namespace SasRec.Storage.Training;

/// <summary>Finds the users of some deletions, which are known by a hash, among many others.</summary>
sealed class FreshDeletions(IEnumerable<UserDeletion> deletions)
{
    readonly HashSet<string> hashes = deletions.Select(d => d.UserHash).ToHashSet(StringComparer.Ordinal);

    /// <summary>The buckets of the users.</summary>
    public IReadOnlySet<int> Buckets { get; } = deletions.Select(d => d.Bucket).ToHashSet();

    /// <summary>The hash of a user who is one of them; else null. Most users are told by their bucket, without a hash.</summary>
    public string? HashOf(string userId) =>
        Buckets.Contains(UserBuckets.Of(userId)) && Tombstones.HashOf(userId) is var hash && hashes.Contains(hash) ? hash : null;
}
