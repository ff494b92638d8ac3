using SasRec.Core.Events;
using SasRec.Storage.Log;

namespace SasRec.Storage.Training;

/// <summary>Who was deleted, and up to when.</summary>
sealed class DeletedUsers
{
    readonly Dictionary<string, DateTimeOffset> byHash = new(StringComparer.Ordinal);

    public DeletedUsers(IEnumerable<SnapshotDeletion> remembered, IEnumerable<UserDeletion> fresh)
    {
        var hashed = fresh.Select(d => new SnapshotDeletion(TableKey.ShortHash(d.UserId), d.At));
        foreach (var (hash, at) in remembered.Concat(hashed))
        {
            byHash[hash] = byHash.TryGetValue(hash, out var known) && known > at ? known : at;
        }
    }

    /// <summary>Whether a deletion covers an interaction: appended before it, or happened before it and appended late.</summary>
    public bool Cover(Interaction interaction, DateTimeOffset appendedAt) =>
        byHash.Count > 0 && byHash.TryGetValue(TableKey.ShortHash(interaction.UserId), out var at) &&
        (appendedAt <= at || interaction.Timestamp <= at);

    public IReadOnlyList<SnapshotDeletion> ToList() =>
        [.. byHash.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => new SnapshotDeletion(d.Key, d.Value))];
}
