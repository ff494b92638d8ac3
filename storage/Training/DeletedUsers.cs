using SasRec.Core.Events;
using SasRec.Storage.Log;

namespace SasRec.Storage.Training;

/// <summary>Who was deleted, and up to when.</summary>
sealed class DeletedUsers
{
    readonly Dictionary<string, SnapshotDeletion> byHash = new(StringComparer.Ordinal);

    public DeletedUsers(IEnumerable<SnapshotDeletion> remembered, IEnumerable<UserDeletion> fresh)
    {
        foreach (var deletion in remembered.Concat(fresh.Select(d => new SnapshotDeletion(d.UserHash, d.At, false))))
        {
            byHash[deletion.UserHash] = byHash.TryGetValue(deletion.UserHash, out var known) ? Later(known, deletion) : deletion;
        }
    }

    /// <summary>Whether a deletion covers an interaction: appended before it, or happened before it and appended late.</summary>
    public bool Cover(Interaction interaction, DateTimeOffset appendedAt) =>
        byHash.Count > 0 && byHash.TryGetValue(Tombstones.HashOf(interaction.UserId), out var deletion) &&
        (appendedAt <= deletion.At || interaction.Timestamp <= deletion.At);

    /// <summary>Notes that the snapshot held something of a user who was deleted.</summary>
    public void Trained(string userHash) => byHash[userHash] = byHash[userHash] with { Trained = true };

    public IReadOnlyList<SnapshotDeletion> ToList() => [.. byHash.Values.OrderBy(d => d.UserHash, StringComparer.Ordinal)];

    // Whoever was ever trained on counts as trained on: a second deletion of the same user does not undo the first.
    static SnapshotDeletion Later(SnapshotDeletion one, SnapshotDeletion other) =>
        (one.At > other.At ? one : other) with { Trained = one.Trained == false && other.Trained == false ? false : true };
}
