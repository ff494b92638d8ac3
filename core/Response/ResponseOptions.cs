using static SasRec.Core.OptionRange;

namespace SasRec.Core.Response;

/// <summary>How the response model is fitted, and when it is believed.</summary>
public sealed record ResponseOptions
{
    /// <summary>The precision of the normal prior of an item's term, 0.01 to 1,000: at 4 an item without evidence is within .5 of the average.</summary>
    public double ItemPrecision { get; init; } = 4;

    /// <summary>The precision of the prior of every other term, 0.0001 to 1,000.</summary>
    public double TermPrecision { get; init; } = 0.1;

    /// <summary>Ranks beyond this share its term, 1 to 1,000.</summary>
    public int MaxRank { get; init; } = 50;

    /// <summary>Newton steps at most, 1 to 100.</summary>
    public int Steps { get; init; } = 25;

    /// <summary>With fewer slots nothing is fitted, 1 to 1,000,000.</summary>
    public int MinSlots { get; init; } = 2_000;

    /// <summary>With fewer slots taken nothing is fitted, 1 to 1,000,000.</summary>
    public int MinTaken { get; init; } = 100;

    /// <summary>The least share of the slots that chance put there, 0 to 1: a log that only ever showed the greedy slate says nothing of
    /// what else to show.</summary>
    public double MinExplored { get; init; } = 0.01;

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public ResponseOptions Validated()
    {
        Require(nameof(ItemPrecision), ItemPrecision, 0.01, 1_000);
        Require(nameof(TermPrecision), TermPrecision, 0.0001, 1_000);
        Require(nameof(MaxRank), MaxRank, 1, 1_000);
        Require(nameof(Steps), Steps, 1, 100);
        Require(nameof(MinSlots), MinSlots, 1, 1_000_000);
        Require(nameof(MinTaken), MinTaken, 1, 1_000_000);
        Require(nameof(MinExplored), MinExplored, 0, 1);
        return this;
    }
}
