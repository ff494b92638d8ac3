using SasRec.Core.Options;

namespace SasRec.Core.Evaluate.Gate;

/// <summary>When a new model may go live.</summary>
public sealed record GateOptions
{
    /// <summary>The confidence of each interval.</summary>
    [Range(0.5, 0.999)]
    public double Confidence { get; init; } = 0.95;

    /// <summary>The confidence of the interval that makes a model the anchor: every run is another chance to be lucky, and an anchor that was
    /// only lucky lets its successors fall behind what came before it.</summary>
    [Range(0.5, 0.9999)]
    public double AnchorConfidence { get; init; } = 0.999;

    /// <summary>How much worse than champion and anchor is still no worse, as a share of their metric.</summary>
    [Range(0, 1), CommandLine("--gate-tolerance", "How much worse than the model that serves is still no worse, as a share of its NDCG@10")]
    public double Tolerance { get; init; } = 0.02;

    /// <summary>The fewest users on whom challenger and champion can be compared; with fewer the champion stays.</summary>
    [Range(1, 1_000_000), CommandLine("--gate-min-users", "With fewer users who acted since the serving model was trained, it stays")]
    public int MinUsers { get; init; } = 100;

    /// <summary>The newest slates of the champion that are looked at; 0 leaves them out. Of them the older half is only trained on.</summary>
    [Range(0, 1_000_000), CommandLine("--gate-slates", "How many of the newest slates that the serving model showed are looked at; 0 asks none")]
    public int Slates { get; init; } = 40_000;

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public GateOptions Validated()
    {
        OptionRules.Check(this);
        return this;
    }
}
