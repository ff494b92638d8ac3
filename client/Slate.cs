namespace SasRec.Client;

/// <summary>What was recommended, and how it came about.</summary>
public sealed record Slate
{
    /// <summary>To be sent back with what the user does; null for a preview.</summary>
    public string? RecommendationId { get; init; }

    /// <summary>For whom; null for nobody in particular.</summary>
    public string? UserId { get; init; }

    /// <summary>Where it is shown.</summary>
    public required string Placement { get; init; }

    /// <summary>The model that it was drawn from.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>Who recommended: <c>sasrec</c>, <c>popularity</c>, <c>similar</c> and others; null for similar items.</summary>
    public string? Source { get; init; }

    /// <summary>How many items the filters left.</summary>
    public int Eligible { get; init; }

    /// <summary>Whether the impression is in safe keeping.</summary>
    public bool Logged { get; init; }

    /// <summary>Whether storage did not answer, so that the newest events may be missing from the history.</summary>
    public bool Degraded { get; init; }

    /// <summary>First rank first.</summary>
    public required IReadOnlyList<SlateItem> Items { get; init; }
}

/// <summary>One item of a slate.</summary>
public sealed record SlateItem
{
    /// <summary>Which.</summary>
    public required string ItemId { get; init; }

    /// <summary>1 for the first.</summary>
    public int Rank { get; init; }

    /// <summary>The model's score with boosts; null for a new item, and for similar items.</summary>
    public double? Score { get; init; }

    /// <summary>The cosine to the item that others are similar to, -1 to 1; null for other slates.</summary>
    public double? Similarity { get; init; }

    /// <summary>The probability with which it took this slot, given the slots before it.</summary>
    public double Propensity { get; init; }

    /// <summary>Whether it stands higher than a greedy slate would have put it.</summary>
    public bool Explored { get; init; }

    /// <summary>Whether only the catalogue knows it.</summary>
    public bool IsNew { get; init; }

    /// <summary>Whether a rule put it there.</summary>
    public bool Forced { get; init; }

    /// <summary>What people call it; null where the catalogue does not know it.</summary>
    public string? Title { get; init; }

    /// <summary>Null where the catalogue does not know it.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>A picture; null where the catalogue knows none.</summary>
    public string? ImageUrl { get; init; }

    /// <summary>The history items that did most for it; null unless asked to explain.</summary>
    public IReadOnlyList<SlateReason>? Because { get; init; }
}

/// <summary>A history item that did something for a recommended one.</summary>
/// <param name="ItemId">Which.</param>
/// <param name="Weight">How much likelier it made it, as a factor.</param>
/// <param name="Title">What people call it; null where the catalogue does not know it.</param>
public sealed record SlateReason(string ItemId, double Weight, string? Title = null);
