namespace SasRec.Core.Evaluate.Insights;

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
