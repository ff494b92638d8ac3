namespace SasRec.Core.Explore;

/// <summary>A slate as drawn, with what it takes to know its probability later.</summary>
public sealed record Slate
{
    /// <summary>The items, first slot first: min(k, <see cref="EligibleCount"/>) of them.</summary>
    public required IReadOnlyList<SlateItem> Items { get; init; }

    /// <summary>How many items were eligible before the first slot.</summary>
    public required int EligibleCount { get; init; }

    /// <summary>How many of them are new: nobody had acted on them when the model was trained.</summary>
    public int NewEligibleCount { get; init; }

    /// <summary>
    /// T ln Σ exp(score / T) over the eligible items left out, in units of score; at temperature 0 its limit, their greatest score.
    /// Negative infinity if none with a score was left out, or if the temperature is infinite.
    /// </summary>
    /// <remarks>
    /// Logged with the slate it makes every propensity recomputable. The sum over those left out, not over all, so that nothing is
    /// lost to cancellation when the slate itself holds nearly all of the mass.
    /// </remarks>
    public required double UnservedLogSumExp { get; init; }
}

/// <summary>One slot of a slate.</summary>
/// <param name="Item">The catalogue index.</param>
/// <param name="Score">The model's score; negative infinity for an item of which it knows nothing.</param>
/// <param name="Propensity">The probability that the item took this slot, given the slots before: (0, 1].</param>
/// <param name="Explored">Whether the item stands higher than the greedy slate would have put it.</param>
/// <param name="Greedy">Whether a greedy slate would have put the item here, given those above: of what remains it has the highest score,
/// among equals the lowest index.</param>
public readonly record struct SlateItem(int Item, float Score, double Propensity, bool Explored, bool Greedy);
