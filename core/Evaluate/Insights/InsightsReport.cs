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

    /// <summary>By way of recommending: "sasrec", "popularity", ...</summary>
    public required IReadOnlyList<ServedRate> Sources { get; init; }

    /// <summary>
    /// By way of recommending, over the slates for which chance decided between several: <see cref="ServedRate.Weighted"/> is weighed by 1 /
    /// share, as if each had answered all of those requests, so that these may be compared with each other.
    /// </summary>
    public IReadOnlyList<ServedRate> Comparison { get; init; } = [];

    /// <summary>By what was known of the user: "cold", "light", "heavy", "unknown" (<see cref="UserSegment"/>).</summary>
    public required IReadOnlyList<ServedRate> Segments { get; init; }

    /// <summary>Whether scores can be read as probabilities, by source.</summary>
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
/// <param name="CalibrationError">The expected calibration error of the source with the most slots tested.</param>
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

/// <summary>P(interacted | served) of one group of slots.</summary>
/// <param name="Key">The group: an item, a rank, a placement, ...</param>
/// <param name="Served">How many slots.</param>
/// <param name="Seen">How many of them were seen, counting only slates of which the client reports sightings.</param>
/// <param name="Interacted">How many of them were acted on; several actions on one slot are one.</param>
/// <param name="Plain">Interacted / served, as the policy happened to serve.</param>
/// <param name="PlainLow">The lower end of its interval.</param>
/// <param name="PlainHigh">Its upper end.</param>
/// <param name="PlainEnough">Whether enough slots were served to believe the plain rate of what the policy serves.</param>
/// <param name="OfSeen">P(interacted | seen) over the slates with sightings.</param>
/// <param name="Weighted">The rate weighed by 1 / propensity and normalised: as if every eligible item had been shown alike.</param>
/// <param name="Low">The lower end of the weighed rate's interval.</param>
/// <param name="High">Its upper end.</param>
/// <param name="EffectiveSampleSize">(Σw)² / Σw² (Kish 1965).</param>
/// <param name="ClippedShare">The share of the slots whose weight was cut.</param>
/// <param name="Enough">Whether the weighed rate may be believed.</param>
/// <param name="Reason">Why not; null where it may.</param>
public sealed record ServedRate(
    string Key,
    long Served,
    long Seen,
    long Interacted,
    double? Plain,
    double? PlainLow,
    double? PlainHigh,
    bool PlainEnough,
    double? OfSeen,
    double? Weighted,
    double? Low,
    double? High,
    double EffectiveSampleSize,
    double ClippedShare,
    bool Enough,
    string? Reason);

/// <summary>Rates by item.</summary>
/// <param name="Count">How many items were served.</param>
/// <param name="WithSupport">Of how many of them the weighed rate may be believed.</param>
/// <param name="Top">The most served.</param>
/// <param name="Rest">All others together; null where there are none.</param>
public sealed record ItemRates(int Count, int WithSupport, IReadOnlyList<ServedRate> Top, ServedRate? Rest);

/// <summary>How widely slates spread over the catalogue.</summary>
/// <param name="Catalogue">V: how many items there are; where nobody said, the most that were ever eligible.</param>
/// <param name="Served">How many different items were served.</param>
/// <param name="Coverage">Served / catalogue.</param>
/// <param name="Gini">How unevenly: 0 if all alike, towards 1 if one item took everything.</param>
/// <param name="Discoverable">
/// The share of the catalogue expected to be shown at least once in <paramref name="DiscoverySlates"/> slates. An item's chance is taken
/// as the greater of how often it was served and what epsilon gives to every item.
/// </param>
/// <param name="DiscoverySlates">In how many slates.</param>
/// <param name="LeastChance">The chance that epsilon alone gives to every eligible item of being in a slate, averaged over slates.</param>
public sealed record Spread(
    int Catalogue, int Served, double? Coverage, double? Gini, double? Discoverable, int DiscoverySlates, double? LeastChance);

/// <summary>One day's slates.</summary>
/// <param name="Day">The day on which they were served, UTC: yyyy-MM-dd.</param>
/// <param name="Slates">How many.</param>
/// <param name="Served">How many slots.</param>
/// <param name="Interacted">How many of these were acted on.</param>
/// <param name="Rate">Interacted / served.</param>
/// <param name="Low">The lower end of its interval.</param>
/// <param name="High">Its upper end.</param>
public sealed record DayOfSlates(string Day, long Slates, long Served, long Interacted, double? Rate, double? Low, double? High);

/// <summary>What users do, with slates and without.</summary>
/// <param name="Basis">Whose: "every user", "every user who was served", or "a sample of users who were served".</param>
/// <param name="Users">How many users that is.</param>
/// <param name="Days">By the day of the action, the oldest first.</param>
public sealed record Activity(string Basis, int Users, IReadOnlyList<DayOfActivity> Days);

/// <summary>One day's interactions.</summary>
/// <param name="Day">UTC: yyyy-MM-dd.</param>
/// <param name="Interactions">How many.</param>
/// <param name="ThroughSlates">How many of them named a slate.</param>
/// <param name="Organic">The others.</param>
/// <param name="ServedShare">Through slates / interactions.</param>
public sealed record DayOfActivity(string Day, long Interactions, long ThroughSlates, long Organic, double? ServedShare);

/// <summary>What one model served, beside what its predecessor did.</summary>
/// <param name="Version">The model.</param>
/// <param name="FirstServedAt">Its first slate in the window.</param>
/// <param name="LastServedAt">Its last.</param>
/// <param name="Slates">How many slates.</param>
/// <param name="Rate">P(interacted | served) under it; <see cref="ServedRate.Key"/> is the version.</param>
/// <param name="Coverage">The share of the catalogue that it served.</param>
/// <param name="Gini">How unevenly it served what it served and what it did not.</param>
/// <param name="Previous">The model that served before; null for the first.</param>
/// <param name="TopOverlap">|A ∩ B| / |A ∪ B| of the most served items of both (Jaccard); null for the first.</param>
/// <param name="TopItems">How many most served items are compared.</param>
/// <param name="Shift">½ Σ |share of an item in what one served - in what the other did|: 0 the same, 1 nothing in common.</param>
public sealed record ModelDrift(
    string Version,
    DateTimeOffset FirstServedAt,
    DateTimeOffset LastServedAt,
    long Slates,
    ServedRate Rate,
    double? Coverage,
    double? Gini,
    string? Previous,
    double? TopOverlap,
    int TopItems,
    double? Shift);

/// <summary>Whether a source's scores, mapped to probabilities on older slates, mean on newer ones what they say.</summary>
/// <param name="Source">The source of the slates.</param>
/// <param name="Slope">a of P(interacted | served) = 1 / (1 + exp(-(a score + b))) (Platt 1999).</param>
/// <param name="Intercept">b.</param>
/// <param name="LearnedFrom">How many older slots the map was fitted on.</param>
/// <param name="TestedOn">How many newer slots it is held against.</param>
/// <param name="SplitAt">The moment between them; null where there is none.</param>
/// <param name="Bins">Predicted beside observed on the newer slots, by ascending prediction.</param>
/// <param name="ExpectedError">Σ share of the bin × |predicted - observed|.</param>
/// <param name="Brier">Mean squared difference between prediction and outcome.</param>
/// <param name="BaseBrier">The same of predicting the older slots' mean rate for every slot; a score worth anything is below it.</param>
/// <param name="Enough">Whether there was enough to fit and to test.</param>
/// <param name="Reason">Why not; null where there was.</param>
public sealed record Calibration(
    string Source,
    double? Slope,
    double? Intercept,
    long LearnedFrom,
    long TestedOn,
    DateTimeOffset? SplitAt,
    IReadOnlyList<CalibrationBin> Bins,
    double? ExpectedError,
    double? Brier,
    double? BaseBrier,
    bool Enough,
    string? Reason);

/// <summary>One bin of a reliability table.</summary>
/// <param name="Count">How many slots.</param>
/// <param name="Predicted">Their mean prediction.</param>
/// <param name="Observed">The share that was acted on.</param>
/// <param name="Low">The lower end of the interval of that share.</param>
/// <param name="High">Its upper end; a calibrated bin has <paramref name="Predicted"/> inside.</param>
public sealed record CalibrationBin(long Count, double Predicted, double Observed, double Low, double High);

/// <summary>What each way of exploring would cost in reward, and what it would buy in knowledge.</summary>
/// <param name="Slates">How many logged slates it is worked out from.</param>
/// <param name="Reward">Interactions a slate, as it was served.</param>
/// <param name="Low">The lower end of its interval.</param>
/// <param name="High">Its upper end.</param>
/// <param name="ChallengerShift">
/// How different the model to be evaluated next is assumed to be: the standard deviation by which its scores differ, in units of score.
/// </param>
/// <param name="Settings">The grid, by temperature, then epsilon.</param>
/// <param name="Recommended">The setting to use; null where the ledger does not support advice.</param>
/// <param name="Reason">Why, in one sentence.</param>
public sealed record Advice(
    int Slates,
    double? Reward,
    double? Low,
    double? High,
    double? ChallengerShift,
    IReadOnlyList<AdvisedSetting> Settings,
    RecommendedSetting? Recommended,
    string Reason);

/// <summary>One setting of the grid.</summary>
/// <param name="Temperature">T of the Plackett-Luce draw; 0 is greedy.</param>
/// <param name="Epsilon">The uniform share of each slot.</param>
/// <param name="Estimator">"snips" or "reward-interaction", the first that has support; null where none has.</param>
/// <param name="Reward">Interactions a slate to expect.</param>
/// <param name="Low">The lower end of its interval.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Change">The difference to what was served, paired slate by slate; a cost is negative.</param>
/// <param name="ChangeLow">The lower end of its interval.</param>
/// <param name="ChangeHigh">Its upper end.</param>
/// <param name="EffectiveSampleSize">How many slates the estimate is worth.</param>
/// <param name="NextEffectiveSlates">
/// How many of the next 1,000 slates served so an evaluation of a different model would be worth (see <see cref="Advice.ChallengerShift"/>).
/// </param>
/// <param name="NextHalfWidth">Half the width of that evaluation's interval, in interactions a slate.</param>
/// <param name="Enough">Whether the reward may be believed.</param>
/// <param name="Reason">Why not; null where it may.</param>
public sealed record AdvisedSetting(
    double Temperature,
    double Epsilon,
    string? Estimator,
    double? Reward,
    double? Low,
    double? High,
    double? Change,
    double? ChangeLow,
    double? ChangeHigh,
    double EffectiveSampleSize,
    double NextEffectiveSlates,
    double? NextHalfWidth,
    bool Enough,
    string? Reason);

/// <summary>The setting to explore with.</summary>
/// <param name="Temperature">T of the Plackett-Luce draw.</param>
/// <param name="Epsilon">The uniform share of each slot.</param>
public sealed record RecommendedSetting(double Temperature, double Epsilon);
