using System.Text.Json.Serialization;
using SasRec.Core.Events;
using SasRec.Core.Items;

namespace SasRec.Functions.Serve;

/// <summary>A slate and how it came about.</summary>
/// <param name="RecommendationId">To be sent back with what the user does; null for a preview.</param>
/// <param name="UserId">The user; null without one.</param>
/// <param name="Placement">Where it is shown.</param>
/// <param name="ModelVersion">The model whose scores, or whose catalogue and counts, it was drawn from.</param>
/// <param name="Recommender">"sasrec", "similar" or "popularity"; also "popularity" where the model knows no item of the history.</param>
/// <param name="RecommenderShare">The probability that this recommender was selected.</param>
/// <param name="Policy">How it was drawn.</param>
/// <param name="Eligible">How many items were eligible after the filters.</param>
/// <param name="NewEligible">How many of them are new: in the catalogue, and unknown to the model.</param>
/// <param name="UnknownItems">How many ids of the history and the lists neither the model nor the catalogue knows; they were passed over.</param>
/// <param name="Logged">Whether the impression is in safe keeping; a slate without items is not logged, and neither is a preview.</param>
/// <param name="Degraded">Whether storage did not answer, so that the history is what this instance saw of it last, or nothing.</param>
/// <param name="RulesVersion">The change of the placement's rules that was in effect; null for none.</param>
/// <param name="Experiments">The arms of running experiments that the user is in; null for none.</param>
/// <param name="Items">The slate, first rank first.</param>
/// <param name="Candidates">The items with the highest scores, highest first; null unless asked to explain.</param>
sealed record RecommendationResponse(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RecommendationId,
    string? UserId,
    string Placement,
    string ModelVersion,
    [property: JsonPropertyName("source")] string Recommender,
    [property: JsonPropertyName("sourceShare")] double RecommenderShare,
    DrawnPolicy Policy,
    int Eligible,
    int NewEligible,
    int UnknownItems,
    bool Logged,
    bool Degraded,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? RulesVersion,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<AssignedArm>? Experiments,
    IReadOnlyList<RecommendedItem> Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Candidate>? Candidates)
{
    /// <summary>The answer to a request whose slate was drawn as an impression says.</summary>
    public static RecommendationResponse Of(
        Impression impression,
        bool preview,
        bool logged,
        bool degraded,
        int unknownItems,
        IReadOnlyList<RecommendedItem> items,
        IReadOnlyList<Candidate>? candidates) => new(
            preview ? null : impression.RecommendationId,
            impression.UserId,
            impression.Placement,
            impression.ModelVersion,
            impression.Recommender,
            impression.RecommenderShare,
            new DrawnPolicy(impression.Temperature, impression.Epsilon, impression.NewItemShare, impression.GreedyShare, impression.Seed),
            impression.EligibleCount,
            impression.NewEligibleCount,
            unknownItems,
            logged,
            degraded,
            impression.RulesVersion,
            impression.Experiments,
            items,
            candidates);
}

/// <summary>One item of a slate: what is logged of it, and what it is told with.</summary>
sealed record RecommendedItem(string ItemId, int Rank, double? Score, double Propensity, bool Explored, bool IsNew)
{
    /// <summary>P(interacted | served): the chance that the user acts on it; null where too little is known of what users take.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Probability { get; init; }

    /// <summary>What boosts and dislikes added to the model's score; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Adjustment { get; init; }

    /// <summary>What people call it; null where the catalogue does not know it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Title { get; init; }

    /// <summary>What it belongs to; null where the catalogue does not know it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>A picture; null where the catalogue knows of none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ImageUrl { get; init; }

    /// <summary>The history items that did most for it, strongest first; null unless asked to explain.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Reason>? Because { get; init; }

    /// <summary>Its chance to stand anywhere in the slate, 0 to 1; null unless asked to explain.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Chance { get; init; }

    /// <summary>The standard error of <see cref="Chance"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ChanceError { get; init; }

    /// <summary>Whether a rule put it there: it was not drawn, and its propensity is 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Forced { get; init; }

    /// <summary>A pinned item.</summary>
    public static RecommendedItem Pinned(string itemId, int rank, bool isNew, Catalogue catalogue) =>
        Of(new ServedItem(itemId, rank, null, 1, false, isNew), catalogue.Find(itemId), null) with { Forced = true };

    /// <summary>An item as it was served, with what the catalogue says of it and, where it was asked for, why it is there.</summary>
    public static RecommendedItem Of(ServedItem served, CatalogueItem? item, SlotReasons? why) =>
        new(served.ItemId, served.Rank, served.Score, served.Propensity, served.Explored, served.IsNew)
        {
            Probability = served.Probability,
            Adjustment = served.Adjustment,
            Title = item?.Title,
            Categories = item?.Categories,
            ImageUrl = item?.ImageUrl,
            Because = why?.Because,
            Chance = why?.Chance.Value,
            ChanceError = why?.Chance.Error,
        };
}

/// <summary>How a slate was drawn; the same seed, history and model draw it again.</summary>
/// <param name="Temperature">Of a drawn slate.</param>
/// <param name="Epsilon">The uniform share of each slot of a drawn slate.</param>
/// <param name="NewItemShare">The share of each slot that is for new items.</param>
/// <param name="GreedyShare">The share of whole slates that are greedy.</param>
/// <param name="Seed">Of the draw.</param>
sealed record DrawnPolicy(double Temperature, double Epsilon, double NewItemShare, double GreedyShare, ulong Seed);
