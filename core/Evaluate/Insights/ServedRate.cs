namespace SasRec.Core.Evaluate.Insights;

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

/// <summary>One day's slates.</summary>
/// <param name="Day">The day on which they were served, UTC: yyyy-MM-dd.</param>
/// <param name="Slates">How many.</param>
/// <param name="Served">How many slots.</param>
/// <param name="Interacted">How many of these were acted on.</param>
/// <param name="Rate">Interacted / served.</param>
/// <param name="Low">The lower end of its interval.</param>
/// <param name="High">Its upper end.</param>
public sealed record DayOfSlates(string Day, long Slates, long Served, long Interacted, double? Rate, double? Low, double? High);
