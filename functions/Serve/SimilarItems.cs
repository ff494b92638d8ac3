using System.Text.Json.Serialization;
using SasRec.Core.Events;

namespace SasRec.Functions.Serve;

/// <summary>The items most similar to one.</summary>
/// <param name="ItemId">To which.</param>
/// <param name="RecommendationId">To be sent back with what the user does; null for a preview.</param>
/// <param name="UserId">Whose exclusions hold; null for nobody's.</param>
/// <param name="Placement">Where it is shown.</param>
/// <param name="ModelVersion">In whose eyes.</param>
/// <param name="Policy">How the slate was drawn.</param>
/// <param name="Eligible">How many items were eligible after the filters.</param>
/// <param name="Logged">Whether the impression is in safe keeping.</param>
/// <param name="RulesVersion">The change of the placement's rules that was in effect; null for none.</param>
/// <param name="Experiments">The arms of running experiments that the user is in; null for none.</param>
/// <param name="Items">Most similar first where the policy is greedy, without the item itself.</param>
sealed record SimilarItems(
    string ItemId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RecommendationId,
    string? UserId,
    string Placement,
    string ModelVersion,
    DrawnPolicy Policy,
    int Eligible,
    bool Logged,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? RulesVersion,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<AssignedArm>? Experiments,
    IReadOnlyList<SimilarItem> Items)
{
    /// <summary>The answer of a slate that was drawn by similarity.</summary>
    public static SimilarItems Of(string itemId, RecommendationResponse slate) => new(
        itemId,
        slate.RecommendationId,
        slate.UserId,
        slate.Placement,
        slate.ModelVersion,
        slate.Policy,
        slate.Eligible,
        slate.Logged,
        slate.RulesVersion,
        slate.Experiments,
        [.. slate.Items.Select(SimilarItem.Of)]);
}

/// <summary>One of them.</summary>
/// <param name="ItemId">Which.</param>
/// <param name="Rank">1 for the first.</param>
/// <param name="Similarity">The cosine of the angle between the two embeddings, -1 to 1; null where the model does not know the item, or a rule forced it.</param>
/// <param name="Propensity">The probability with which this item took this slot, given the slots before it.</param>
/// <param name="Explored">Whether it stands higher than its similarity would have put it.</param>
sealed record SimilarItem(string ItemId, int Rank, double? Similarity, double Propensity, bool Explored)
{
    /// <summary>Whether a rule put it there: it was not drawn, and its propensity is 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Forced { get; init; }

    /// <summary>What people call it; null where the catalogue does not know it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Title { get; init; }

    /// <summary>What it belongs to; null where the catalogue does not know it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>A picture; null where the catalogue knows of none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ImageUrl { get; init; }

    /// <summary>An item of a slate whose scores are cosines as sharp as logits.</summary>
    public static SimilarItem Of(RecommendedItem item) =>
        new(item.ItemId, item.Rank, (item.Score - (item.Adjustment ?? 0)) / ItemScorer.SimilarityScale, item.Propensity, item.Explored)
        {
            Forced = item.Forced,
            Title = item.Title,
            Categories = item.Categories,
            ImageUrl = item.ImageUrl,
        };
}
