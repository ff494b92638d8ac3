namespace SasRec.Storage.Deletions;

/// <summary>The deletion of one user and how far it has come.</summary>
public sealed record Deletion
{
    /// <summary>Its id, which says nothing of the user.</summary>
    public required string DeletionId { get; init; }

    /// <summary>Whom it forgets; null once it is complete, when nothing names the user any more.</summary>
    public string? UserId { get; init; }

    /// <summary>When it was asked for, in UTC.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>Up to when it covers what the user did, by the storage server's clock: a little behind <see cref="RequestedAt"/>. Null before
    /// the tombstone stands.</summary>
    public DateTimeOffset? UpTo { get; init; }

    /// <summary>The user's interactions.</summary>
    public DeletionStep History { get; init; } = new();

    /// <summary>The user's name on slates.</summary>
    public DeletionStep Impressions { get; init; } = new();

    /// <summary>What was accepted before the deletion and had not arrived, failed messages included.</summary>
    public DeletionStep Messages { get; init; } = new();

    /// <summary>The change feed and the snapshot that models are trained on.</summary>
    public DeletionStep Snapshot { get; init; } = new();

    /// <summary>Copies of replaced snapshots that can still be restored.</summary>
    public DeletionStep Backups { get; init; } = new();

    /// <summary>The models that were trained before the snapshot forgot the user. They name no user; null until that is known.</summary>
    public IReadOnlyList<string>? ModelsTrainedBefore { get; init; }

    /// <summary>When nothing was left, in UTC; null before.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Whether nothing is left.</summary>
    public bool IsComplete => CompletedAt is not null;
}

/// <summary>One part of a deletion.</summary>
/// <param name="DoneAt">When it was done, in UTC; null before.</param>
/// <param name="Removed">How much was removed so far.</param>
public sealed record DeletionStep(DateTimeOffset? DoneAt = null, int Removed = 0)
{
    /// <summary>The step with more removed, done where it was not.</summary>
    internal DeletionStep Done(DateTimeOffset at, int removed = 0) => new(DoneAt ?? at, Removed + removed);
}
