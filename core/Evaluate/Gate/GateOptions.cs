namespace SasRec.Core.Evaluate.Gate;

/// <summary>When a new model may go live.</summary>
public sealed record GateOptions
{
    /// <summary>How sure the gate has to be, above 0.5, below 1: the confidence of each interval.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>How much worse than the champion is still no worse, as a share of the champion's metric, 0 to 1.</summary>
    public double Tolerance { get; init; } = 0.02;

    /// <summary>The fewest users on whom challenger and champion can be compared, 1 to 1,000,000.</summary>
    public int MinUsers { get; init; } = 100;

    /// <summary>The newest slates of the champion that are looked at, 0 to 1,000,000; 0 leaves them out. Of them the older half is only
    /// trained on.</summary>
    public int Slates { get; init; } = 40_000;

    /// <summary>How many samples the bootstrap draws, 100 to 100,000.</summary>
    public int Resamples { get; init; } = 1_000;

    /// <summary>The seed of the bootstrap.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public GateOptions Validated()
    {
        Require(nameof(Confidence), Confidence, Confidence is > 0.5 and < 1, "above 0.5, below 1");
        Require(nameof(Tolerance), Tolerance, Tolerance is >= 0 and <= 1, "0 to 1");
        Require(nameof(MinUsers), MinUsers, MinUsers is >= 1 and <= 1_000_000, "1 to 1,000,000");
        Require(nameof(Slates), Slates, Slates is >= 0 and <= 1_000_000, "0 to 1,000,000");
        Require(nameof(Resamples), Resamples, Resamples is >= 100 and <= 100_000, "100 to 100,000");
        return this;

        static void Require(string name, object value, bool allowed, string range)
        {
            if (!allowed)
            {
                throw new ArgumentOutOfRangeException(name, value, $"{name} must be {range}.");
            }
        }
    }
}
