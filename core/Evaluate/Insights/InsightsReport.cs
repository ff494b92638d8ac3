using System.Text.Json.Serialization;

namespace SasRec.Core.Evaluate.Insights;

/// <summary>What the ledger of served slates says. Rates are 0 to 1; a value is null where nothing is known of it.</summary>
public sealed record InsightsReport
{
    /// <summary>The window: slates served from here on.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Up to here, exclusive.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>The only placement looked at; null for all.</summary>
    public string? Placement { get; init; }

    /// <summary>As of when: events known by then are joined.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>How many slates there were, and which count.</summary>
    public required SlateCounts Slates { get; init; }

    /// <summary>When the report believes itself.</summary>
    public required SupportRule Support { get; init; }

    /// <summary>P(interacted | served) over all slots.</summary>
    public required ServedRate Total { get; init; }

    /// <summary>The same by item.</summary>
    public required ItemRates Items { get; init; }

    /// <summary>By rank, 1 first.</summary>
    public required IReadOnlyList<ServedRate> Ranks { get; init; }

    /// <summary>By placement, the most served first.</summary>
    public required IReadOnlyList<ServedRate> Placements { get; init; }

    /// <summary>By recommender.</summary>
    [JsonPropertyName("sources")]
    public required IReadOnlyList<ServedRate> Recommenders { get; init; }

    /// <summary>
    /// By recommender, over the slates for which chance decided between several: <see cref="ServedRate.Weighted"/> is weighed by 1 /
    /// share, as if each had answered all of those requests, so that these may be compared with each other.
    /// </summary>
    public IReadOnlyList<ServedRate> Comparison { get; init; } = [];

    /// <summary>By what was known of the user: "cold", "light", "heavy", "unknown" (<see cref="UserSegment"/>).</summary>
    public required IReadOnlyList<ServedRate> Segments { get; init; }

    /// <summary>Whether scores can be read as probabilities, by recommender.</summary>
    public required IReadOnlyList<Calibration> Calibrations { get; init; }

    /// <summary>How widely the slates spread over the catalogue.</summary>
    public required Spread Spread { get; init; }

    /// <summary>Day by day, the oldest first.</summary>
    public required IReadOnlyList<DayOfSlates> Days { get; init; }

    /// <summary>How much of what users do comes through slates; null where nobody counted what else they do.</summary>
    public Activity? Activity { get; init; }

    /// <summary>By model, in the order in which they served: how what is served moves from retrain to retrain.</summary>
    public required IReadOnlyList<ModelDrift> Models { get; init; }

    /// <summary>How much to explore.</summary>
    public required Advice Advice { get; init; }

    /// <summary>A few figures of each retrain run's own report, the oldest first: drift over time.</summary>
    public IReadOnlyList<RunFigures> Runs { get; init; } = [];
}

/// <summary>What the ledger said when a retrain run ended.</summary>
/// <param name="RunId">The run; its whole report is insights/{RunId}.json.</param>
/// <param name="At">When.</param>
/// <param name="ModelVersion">The model that it published; null for none.</param>
/// <param name="Slates">How many slates counted.</param>
/// <param name="Rate">P(interacted | served), plain.</param>
/// <param name="Low">The lower end of its interval.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Coverage">The share of the catalogue that was served.</param>
/// <param name="Gini">How unevenly.</param>
/// <param name="Discoverable">The share of the catalogue that can be discovered.</param>
/// <param name="ServedShare">The share of all interactions that came through slates.</param>
/// <param name="CalibrationError">The expected calibration error of the recommender with the most slots tested.</param>
public sealed record RunFigures(
    string RunId,
    DateTimeOffset At,
    string? ModelVersion,
    long Slates,
    double? Rate,
    double? Low,
    double? High,
    double? Coverage,
    double? Gini,
    double? Discoverable,
    double? ServedShare,
    double? CalibrationError);

/// <summary>How many slates a report stands on.</summary>
/// <param name="Looked">How many were read: those of the window, or its newest.</param>
/// <param name="Limit">The most that are read; null for no limit.</param>
/// <param name="Complete">Whether that was all of the window.</param>
/// <param name="Counted">Those old enough to count; every rate is over these.</param>
/// <param name="Immature">Those too young to count: their users have hardly had time to act.</param>
/// <param name="Open">Of those counted, how many are younger than the window of attribution, so that their rates can still grow.</param>
/// <param name="Sighted">Of those counted, how many were reported as seen, item by item.</param>
/// <param name="MaturitySeconds">The age from which a slate counts.</param>
/// <param name="WindowSeconds">How long after serving an interaction is still attributed to the slate.</param>
/// <param name="LateShare">
/// Of the interactions with slates that are no longer open, the share that came after <paramref name="MaturitySeconds"/>: what counting
/// open slates misses at most. Null where no slate is closed.
/// </param>
public sealed record SlateCounts(
    long Looked,
    long? Limit,
    bool Complete,
    long Counted,
    long Immature,
    long Open,
    long Sighted,
    double MaturitySeconds,
    double WindowSeconds,
    double? LateShare);

/// <summary>From where on figures are believed.</summary>
/// <param name="LeastEffectiveSampleSize">Below it a rate is marked as not enough.</param>
/// <param name="MaxWeight">Weights 1 / propensity above this are cut to it.</param>
/// <param name="Confidence">The share of intervals that hold the true value.</param>
/// <param name="LeastEffectiveSlates">Below this effective sample size the reward of a setting is marked as not enough.</param>
public sealed record SupportRule(double LeastEffectiveSampleSize, double MaxWeight, double Confidence, double LeastEffectiveSlates);
