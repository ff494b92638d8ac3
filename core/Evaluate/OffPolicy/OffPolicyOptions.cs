using static SasRec.Core.OptionRange;

namespace SasRec.Core.Evaluate.OffPolicy;

/// <summary>How off-policy estimates are made and when they are believed.</summary>
public sealed record OffPolicyOptions
{
    /// <summary>Weights above this are cut to it: less variance, a bias downwards. 1 or more; infinity cuts nothing.</summary>
    public double MaxWeight { get; init; } = double.PositiveInfinity;

    /// <summary>The share of intervals that hold the true value, 0.5 to 1 - 1e-12.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Below this effective sample size (Kish) the verdict is 'not enough support', at least 2.</summary>
    public double MinEffectiveSampleSize { get; init; } = 200;

    /// <summary>How far the mean weight may lie from 1 beyond chance: what the evaluated policy shows and the log never could.</summary>
    public double WeightTolerance { get; init; } = 0.02;

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public OffPolicyOptions Validated()
    {
        Require(nameof(MaxWeight), MaxWeight, 1, double.PositiveInfinity);
        Require(nameof(Confidence), Confidence, 0.5, 1 - 1e-12);
        Require(nameof(MinEffectiveSampleSize), MinEffectiveSampleSize, 2, double.MaxValue);
        Require(nameof(WeightTolerance), WeightTolerance, 0, 1);
        return this;
    }
}
