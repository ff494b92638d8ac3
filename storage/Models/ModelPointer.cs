namespace SasRec.Storage.Models;

/// <summary>Which model serves, and every move that led there: <c>current.json</c>.</summary>
public sealed record ModelPointer
{
    /// <summary>The longest history kept.</summary>
    public const int MaxHistory = 200;

    /// <summary>The version that serves.</summary>
    public required string Version { get; init; }

    /// <summary>The moves, newest first, the one to <see cref="Version"/> among them; at most <see cref="MaxHistory"/>.</summary>
    public required IReadOnlyList<ModelMove> History { get; init; }
}

/// <summary>One move of the pointer: a publication, a rollback or a pin.</summary>
/// <param name="Version">Where it moved to.</param>
/// <param name="Previous">Where it stood; null for the first move.</param>
/// <param name="At">When, in UTC.</param>
/// <param name="By">Who moved it.</param>
/// <param name="Reason">Why.</param>
public sealed record ModelMove(string Version, string? Previous, DateTimeOffset At, string By, string Reason);

/// <summary>The pointer as it was read.</summary>
/// <param name="Pointer">Which model serves.</param>
/// <param name="ETag">What to ask <see cref="ModelRegistry.CurrentIfChangedAsync"/> with next time.</param>
/// <param name="Damage">What is wrong with the stored pointer, so that another version than the one it named may serve; null for nothing. The next
/// activation writes it anew.</param>
public sealed record ActiveModel(ModelPointer Pointer, string ETag, string? Damage = null);
