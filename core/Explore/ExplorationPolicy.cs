namespace SasRec.Core.Explore;

/// <summary>How far a slate may stray from the model's own order: a share of the slates is greedy, the others are drawn.</summary>
/// <remarks>
/// With probability <see cref="GreedyShare"/> the whole slate is in the model's own order; only <see cref="NewItemShare"/> is at work in it.
/// Otherwise the slate is drawn slot by slot, a Plackett-Luce draw mixed with a uniform share.
/// Each slot of a drawn slate is, with probability <see cref="NewItemShare"/>, uniform over the eligible new items that remain, where there are any.
/// Otherwise it is, with probability <see cref="Epsilon"/>, uniform over everything that remains eligible, and else drawn over the same
/// items with probability proportional to exp(score / <see cref="Temperature"/>) (Plackett 1975, Luce 1959).
/// </remarks>
public sealed record ExplorationPolicy
{
    /// <summary>The smallest temperature above zero; below it float scores cannot express the difference to greedy.</summary>
    public const double MinTemperature = 1e-6;

    /// <summary>The largest finite temperature; beyond it float scores cannot express the difference to uniform.</summary>
    public const double MaxTemperature = 1e6;

    /// <summary>The finite temperatures, in words.</summary>
    public const string TemperatureRange = "0, or 0.000001 to 1000000";

    /// <summary>0 takes the highest scores in order, 1e-6 to 1e6 draws, positive infinity is uniform.</summary>
    public double Temperature { get; init; } = 0.5;

    /// <summary>The share of each slot that is uniform over everything eligible, items without a score included: 0 to 1.</summary>
    public double Epsilon { get; init; } = 0.02;

    /// <summary>ν: the share of each slot that is uniform over the eligible items that the model does not know, 0 to 1.</summary>
    /// <remarks>Such an item's chance to stand in a slate of k, out of n of its kind, is at least 1 - (1 - ν / n)^k.</remarks>
    public double NewItemShare { get; init; }

    /// <summary>The share of whole slates that are greedy, 0 to 1: what exploring costs is the rest times what a drawn slate loses.</summary>
    public double GreedyShare { get; init; }

    /// <summary>The model's own order, without chance.</summary>
    public static ExplorationPolicy Greedy { get; } = new() { Temperature = 0, Epsilon = 0 };

    /// <summary>Every eligible item with the same chance.</summary>
    public static ExplorationPolicy Uniform { get; } = new() { Temperature = double.PositiveInfinity, Epsilon = 0 };

    /// <summary>Whether a value is 0, or <see cref="MinTemperature"/> to <see cref="MaxTemperature"/>.</summary>
    /// <param name="value">A finite temperature.</param>
    public static bool IsTemperature(double value) => value is 0 or (>= MinTemperature and <= MaxTemperature);

    /// <summary>The least chance that any eligible item has of being in a slate: 1 - Π (1 - ε / remaining).</summary>
    /// <param name="epsilon">The uniform share, 0 to 1.</param>
    /// <param name="slots">The length of the slate.</param>
    /// <param name="eligible">How many items are eligible, at least 1.</param>
    public static double MinInclusion(double epsilon, int slots, int eligible)
    {
        var logMissed = 0.0;
        for (var remaining = eligible; remaining > 0 && remaining > eligible - slots; remaining--)
        {
            logMissed += Math.Log(1 - epsilon / remaining);
        }

        return 1 - Math.Exp(logMissed);
    }

    /// <summary>Returns this policy if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public ExplorationPolicy Validated()
    {
        if (!(IsTemperature(Temperature) || Temperature is double.PositiveInfinity))
        {
            throw new ArgumentOutOfRangeException(
                nameof(Temperature), Temperature, $"Temperature must be {TemperatureRange}, or positive infinity (uniform).");
        }

        if (!(Epsilon is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(Epsilon), Epsilon, "Epsilon must be 0 to 1.");
        }

        if (!(GreedyShare is >= 0 and <= 1) || (GreedyShare > 0 && double.IsPositiveInfinity(Temperature)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(GreedyShare), GreedyShare, "GreedyShare must be 0 to 1, and 0 where the temperature is infinite.");
        }

        if (!(NewItemShare is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(NewItemShare), NewItemShare, "NewItemShare must be 0 to 1.");
        }

        return this;
    }
}
