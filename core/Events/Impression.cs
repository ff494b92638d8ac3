using System.Text.Json.Serialization;

namespace SasRec.Core.Events;

/// <summary>One slate as it was served: what is needed to recompute any propensity and to join what happened next.</summary>
public sealed record Impression
{
    /// <summary>The id that the client sends back with what the user does.</summary>
    public required string RecommendationId { get; init; }

    /// <summary>Whom it was shown to; null for an inline history without a user.</summary>
    public string? UserId { get; init; }

    /// <summary>Where it was shown: a name that the client chooses, "default" if none.</summary>
    public string Placement { get; init; } = "default";

    /// <summary>When it was served, in UTC.</summary>
    public required DateTimeOffset ServedAt { get; init; }

    /// <summary>The model whose scores, or whose catalogue and counts, it was drawn from.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>The recommender that chose it: "sasrec", "popularity", ...</summary>
    [JsonPropertyName("source")] // As it is in messages and rows of old.
    public required string Recommender { get; init; }

    /// <summary>
    /// The probability with which <see cref="Recommender"/> was the one that answered, over the assignment of users and days to recommenders:
    /// (0, 1]; 1 where nothing else could have. Propensities are given the recommender; times this share they are those of the system as a
    /// whole.
    /// </summary>
    [JsonPropertyName("sourceShare")]
    public double RecommenderShare { get; init; } = 1;

    /// <summary>The temperature of the Plackett-Luce draw; 0 is greedy.</summary>
    public required double Temperature { get; init; }

    /// <summary>The share of each slot drawn uniformly over what is eligible, 0 to 1.</summary>
    public required double Epsilon { get; init; }

    /// <summary>The share of each slot drawn uniformly over the eligible new items, 0 to 1.</summary>
    public double NewItemShare { get; init; }

    /// <summary>The share of whole slates that are greedy, 0 to 1; the others are drawn by temperature and epsilon.</summary>
    public double GreedyShare { get; init; }

    /// <summary>The seed of the draw.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Whether the client chose the seed: the propensities are then those of a chance that was not there, and no estimate uses the slate.
    /// </summary>
    public bool Seeded { get; init; }

    /// <summary>How many items were eligible after the filters.</summary>
    public required int EligibleCount { get; init; }

    /// <summary>How many of them were new: in the catalogue, and unknown to the model.</summary>
    public int NewEligibleCount { get; init; }

    /// <summary>
    /// T ln Σ exp(score / T) over the eligible items that the slate left out, in units of score: with the slate's scores it makes the
    /// propensity of any order of the slate recomputable. Null where nothing with a score was left out.
    /// </summary>
    [JsonPropertyName("unservedSoftMaximum")] // As it is in messages and rows of old.
    public double? UnservedLogSumExp { get; init; }

    /// <summary>How many of the user's interactions were known at that moment, up to what serving reads; null where it was not asked.</summary>
    public int? HistoryCount { get; init; }

    /// <summary>
    /// The same as <see cref="UnservedLogSumExp"/> at other temperatures: with the slate's scores they give the propensity that the
    /// slate would have had there. Null where the slate was greedy, so that nothing can be learned of other temperatures.
    /// </summary>
    [JsonPropertyName("unservedSoftMaxima")]
    public IReadOnlyList<LogSumExp>? UnservedLogSumExps { get; init; }

    /// <summary>The slate behind which this one stands: the next page of a list. Null for a first page.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? After { get; init; }

    /// <summary>The change of the placement's rules that was in effect; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? RulesVersion { get; init; }

    /// <summary>
    /// Whether a cap or diversity made what was eligible, or its score, depend on the slots above. The propensities are exact all the same,
    /// but those of other policies do not follow from this record: no estimate that needs them uses the slate.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Constrained { get; init; }

    /// <summary>What a rule forced into the slate; null for nothing. It was not drawn, so it takes no part in any estimate.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ForcedItem>? Forced { get; init; }

    /// <summary>The arms of running experiments that the user was in; null for none. Everything else of the record is given these arms.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AssignedArm>? Experiments { get; init; }

    /// <summary>How long the slate took to be made, in milliseconds; null where no experiment asks.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Milliseconds { get; init; }

    /// <summary>What was drawn, first rank first. Where a rule forced items, their ranks are left out.</summary>
    public required IReadOnlyList<ServedItem> Items { get; init; }
}

/// <summary>One item of a slate.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="Rank">1 for the first.</param>
/// <param name="Score">The model's score, a logit; null for an item of which it knows nothing.</param>
/// <param name="Propensity">The probability with which this item took this slot, given the slots before it: (0, 1].</param>
/// <param name="Explored">Whether the item stands higher than a greedy slate would have put it.</param>
/// <param name="IsNew">Whether the item is new: in the catalogue, and unknown to the model.</param>
public sealed record ServedItem(string ItemId, int Rank, double? Score, double Propensity, bool Explored, bool IsNew = false)
{
    /// <summary>Whether a greedy slate would have put the item here, given those above it, ties and all; null in records that do not say.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Greedy { get; init; }

    /// <summary>The part of <see cref="Score"/> that the response model added; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Response { get; init; }

    /// <summary>P(taken | served) as told in the answer; null where the model that served had no response model.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Probability { get; init; }

    /// <summary>What boosts and dislikes added to the model's score; <see cref="Score"/> includes it. Null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Adjustment { get; init; }
}

/// <summary>An item that stands where a rule put it.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="Rank">1 for the first.</param>
public sealed record ForcedItem(string ItemId, int Rank);

/// <summary>The arm of an experiment that a user is in.</summary>
/// <param name="Experiment">The experiment's id.</param>
/// <param name="Arm">The arm's name.</param>
public sealed record AssignedArm(string Experiment, string Arm);

/// <summary>T ln Σ exp(score / T) over items, in units of score; at T = 0 their greatest score.</summary>
/// <param name="Temperature">T.</param>
/// <param name="Value">The log-sum-exp.</param>
public sealed record LogSumExp(double Temperature, double Value);
