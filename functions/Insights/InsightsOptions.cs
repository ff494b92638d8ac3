using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Options;

namespace SasRec.Functions.Insights;

/// <summary>How GET /api/insights evaluates the logged slates.</summary>
[Section("Insights")]
sealed record InsightsOptions
{
    static readonly LedgerOptions Defaults = new();

    /// <summary>The maximum number of slates in a report, the newest of its window.</summary>
    [Range(100, 1_000_000)]
    public int Slates { get; init; } = 20_000;

    /// <summary>The window of a report without from.</summary>
    [Range("00:01:00", "366.00:00:00")]
    public TimeSpan Span { get; init; } = TimeSpan.FromDays(28);

    /// <summary>How long a report is cached.</summary>
    [Range("00:00:00", "01:00:00")]
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time limit of one report.</summary>
    [FormerName("Patience"), Range("00:00:00.1", "00:03:20")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many users' histories are sampled to estimate the share of activity that comes through slates.</summary>
    [Range(0, 10_000)]
    public int SampledUsers { get; init; } = 200;

    /// <summary>How long after serving an interaction is attributed to the slate.</summary>
    [Range("00:01:00", "90.00:00:00")]
    public TimeSpan Window { get; init; } = Defaults.Window;

    /// <summary>The minimum age of a slate that counts.</summary>
    [Range("00:00:00", nameof(Window))]
    public TimeSpan Maturity { get; init; } = Defaults.Maturity;

    /// <summary>The minimum effective sample size; rates below it are marked as not supported.</summary>
    [FormerName("LeastSupport"), Range(2, 1_000_000)]
    public double MinEffectiveSampleSize { get; init; } = Defaults.MinEffectiveSampleSize;

    /// <summary>The maximum of a weight 1 / propensity; larger weights are clipped to it.</summary>
    [Range(1, 1_000_000_000_000)]
    public double MaxWeight { get; init; } = Defaults.MaxWeight;

    /// <summary>How many items are listed by name.</summary>
    [Range(1, 10_000)]
    public int TopItems { get; init; } = Defaults.TopItems;

    /// <summary>The maximum share of the reward that the recommended exploration may cost.</summary>
    [FormerName("MostCost"), Range(0, 1)]
    public double MaxCost { get; init; } = Defaults.MaxCost;

    /// <summary>How slates are joined with interactions and evaluated.</summary>
    /// <param name="meanings">What events mean.</param>
    public LedgerOptions Ledger(EventMeanings meanings) => new LedgerOptions
    {
        Meanings = meanings,
        Window = Window,
        Maturity = Maturity,
        MinEffectiveSampleSize = MinEffectiveSampleSize,
        MaxWeight = MaxWeight,
        TopItems = TopItems,
        MaxCost = MaxCost,
        AdviceSlates = Slates,
    }.Validated();
}
