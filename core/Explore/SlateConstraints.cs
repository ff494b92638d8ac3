namespace SasRec.Core.Explore;

/// <summary>What a slate as a whole keeps to, so that what may come next, and its score, depend on what stands above.</summary>
public sealed record SlateConstraints
{
    /// <summary>The caps that an item counts for; null for none. The same cap is the same object.</summary>
    public Func<int, IReadOnlyList<CategoryCap>>? CapsOf { get; init; }

    /// <summary>What an item loses, in units of score, for a likeness of 1 with the likest item above it (MMR); 0 for nothing.</summary>
    public double Diversity { get; init; }

    /// <summary>Writes the likeness of an item with each of the V items, 0 to 1; needed with <see cref="Diversity"/>. The item may be a new one.</summary>
    public Action<int, float[]>? Likeness { get; init; }
}

/// <summary>At most so many of some items.</summary>
/// <param name="Members">The items, new ones included.</param>
/// <param name="Most">How many, 1 or more; what may have none is not eligible.</param>
public sealed record CategoryCap(ItemSet Members, int Most);
