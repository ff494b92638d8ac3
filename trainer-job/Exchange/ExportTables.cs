using System.Text.Encodings.Web;
using System.Text.Json;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Items;

namespace SasRec.Trainer.Exchange;

/// <summary>The tables that are exported.</summary>
enum ExportTable
{
    /// <summary>What users did, as the log has it.</summary>
    Interactions,

    /// <summary>The training snapshot as training sees it: each user's actions in order, and which of them are held out.</summary>
    Sequences,

    /// <summary>The slots that were served, with what followed.</summary>
    Impressions,

    /// <summary>Every event that names a slate.</summary>
    Outcomes,

    /// <summary>The catalogue.</summary>
    Items,
}

/// <summary>An action of a user's sequence.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Position">0 for the oldest.</param>
/// <param name="ItemId">What they acted on.</param>
/// <param name="Time">When.</param>
/// <param name="Weight">How much it counts where it is predicted.</param>
/// <param name="Split">Its part in leave-one-out.</param>
sealed record SequenceRow(string UserId, int Position, string ItemId, DateTimeOffset Time, double Weight, string Split);

/// <summary>A slot of a slate; a pinned item has none of what belongs to a draw.</summary>
/// <param name="Slate">The slate.</param>
/// <param name="ItemId">What stood there.</param>
/// <param name="Rank">1 for the first.</param>
/// <param name="Item">The drawn item; null for a pinned one.</param>
/// <param name="Seen">Whether it was seen; null where the client reports no sightings.</param>
/// <param name="Interacted">Whether it was acted on.</param>
sealed record SlotRow(Impression Slate, string ItemId, int Rank, ServedItem? Item, bool? Seen, bool Interacted)
{
    /// <summary>The slots of a slate, the pinned ones last.</summary>
    public static IEnumerable<SlotRow> Of(ServedSlate slate, LedgerOptions options)
    {
        var (outcome, impression) = (SlateOutcome.Of(slate, options), slate.Impression);
        return impression.Items.Select((item, slot) => new SlotRow(
                impression, item.ItemId, item.Rank, item, outcome.Sighted ? outcome.Seen[slot] : null, outcome.Interacted[slot]))
            .Concat((impression.Forced ?? []).Select(item => new SlotRow(impression, item.ItemId, item.Rank, null, null, false)));
    }
}

/// <summary>An event that names a slate.</summary>
/// <param name="RecommendationId">The slate.</param>
/// <param name="Event">The event.</param>
sealed record OutcomeRow(string RecommendationId, SlateEvent Event);

/// <summary>The columns of the exported tables: the contract that docs/exchange.md lists.</summary>
static class ExportTables
{
    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Interactions: of a user together, oldest first.</summary>
    public static IReadOnlyList<Column<Interaction>> Interactions { get; } =
    [
        Column<Interaction>.Text("event_id", "The event; a user has each once.", row => row.EventId),
        Column<Interaction>.Text("user_id", "Who acted.", row => row.UserId),
        Column<Interaction>.Text("item_id", "What they acted on.", row => row.ItemId),
        Column<Interaction>.Text("type", "What they did: view, click, purchase, ...", row => row.Type),
        Column<Interaction>.Text("source", "Where it came from: organic, recommendation, ...", row => row.Source),
        Column<Interaction>.Time("timestamp", "When it happened.", row => row.Timestamp),
        Column<Interaction>.Flag("time_assigned", "Whether the time is that of the acceptance, since the client gave none.", row => row.TimestampAssigned),
        Column<Interaction>.TextOrNull("recommendation_id", "The slate that led to it.", row => row.RecommendationId),
        Column<Interaction>.NumberOrNull("value", "A rating, a price, a dwell time, as the client means it.", row => row.Value),
    ];

    /// <summary>Sequences: of a user together, oldest first.</summary>
    public static IReadOnlyList<Column<SequenceRow>> Sequences { get; } =
    [
        Column<SequenceRow>.Text("user_id", "Who acted.", row => row.UserId),
        Column<SequenceRow>.Integer("position", "The place in the user's history, 0 for the oldest.", row => row.Position),
        Column<SequenceRow>.Text("item_id", "What they acted on.", row => row.ItemId),
        Column<SequenceRow>.Time("timestamp", "When.", row => row.Time),
        Column<SequenceRow>.Number("weight", "How much it counts where it is predicted, above 0; 1 unless `Events__Weights` says otherwise.", row => row.Weight),
        Column<SequenceRow>.Text("split", "train, validation, test (leave-one-out), or rest: between or behind these, neither learned from nor asked for.", row => row.Split),
    ];

    /// <summary>Impressions: the slots of a slate together.</summary>
    public static IReadOnlyList<Column<SlotRow>> Impressions { get; } =
    [
        Column<SlotRow>.Text("recommendation_id", "The slate.", row => row.Slate.RecommendationId),
        Column<SlotRow>.TextOrNull("user_id", "Whom it was shown to; null for a request without a user, and for a user who was deleted.", row => row.Slate.UserId),
        Column<SlotRow>.Text("placement", "Where.", row => row.Slate.Placement),
        Column<SlotRow>.Time("served_at", "When it was served.", row => row.Slate.ServedAt),
        Column<SlotRow>.Text("model_version", "The model.", row => row.Slate.ModelVersion),
        Column<SlotRow>.Text("source", "The recommender: sasrec, popularity, similar, ...", row => row.Slate.Recommender),
        Column<SlotRow>.Number("source_share", "The probability that this recommender answered, (0, 1].", row => row.Slate.RecommenderShare),
        Column<SlotRow>.Number("temperature", "Of the Plackett-Luce draw, in units of score; 0 is greedy.", row => row.Slate.Temperature),
        Column<SlotRow>.Number("epsilon", "The share of each slot drawn uniformly, 0 to 1.", row => row.Slate.Epsilon),
        Column<SlotRow>.Number("greedy_share", "The share of slates that are greedy, 0 to 1.", row => row.Slate.GreedyShare),
        Column<SlotRow>.Number("new_item_share", "The share of each slot drawn uniformly over new items, 0 to 1.", row => row.Slate.NewItemShare),
        Column<SlotRow>.Flag("seeded", "Whether the client chose the seed: no estimate may use the slate.", row => row.Slate.Seeded),
        Column<SlotRow>.Flag("constrained", "Whether caps or diversity were at work: propensities are exact, those of other policies do not follow.", row => row.Slate.Constrained),
        Column<SlotRow>.Integer("eligible", "How many items were eligible.", row => row.Slate.EligibleCount),
        Column<SlotRow>.IntegerOrNull("history_length", "How many of the user's actions were known.", row => row.Slate.HistoryCount),
        Column<SlotRow>.IntegerOrNull("rules_version", "The change of the rules in effect.", row => row.Slate.RulesVersion),
        Column<SlotRow>.Integer("rank", "1 for the first.", row => row.Rank),
        Column<SlotRow>.Text("item_id", "What stood there.", row => row.ItemId),
        Column<SlotRow>.Flag("forced", "Whether a rule put it there; then score and propensity are null.", row => row.Item is null),
        Column<SlotRow>.NumberOrNull("score", "What it was drawn by, a logit; null for an item of which the model knows nothing.", row => row.Item?.Score),
        Column<SlotRow>.NumberOrNull("propensity", "The probability that it took this slot, given the slots above, (0, 1].", row => row.Item?.Propensity),
        Column<SlotRow>.FlagOrNull("explored", "Whether it stands higher than the greedy slate would have put it.", row => row.Item?.Explored),
        Column<SlotRow>.FlagOrNull("new_item", "Whether the model had not been trained on it.", row => row.Item?.IsNew),
        Column<SlotRow>.NumberOrNull("probability", "P(taken | served) as told in the answer, 0 to 1.", row => row.Item?.Probability),
        Column<SlotRow>.FlagOrNull("seen", "Whether it came before the user's eyes; null where the client reported no sighting of the slate.", row => row.Seen),
        Column<SlotRow>.Flag("interacted", "Whether it was acted on within 7 days of serving, and not turned down since, as far as known at the export.", row => row.Interacted),
    ];

    /// <summary>Outcomes.</summary>
    public static IReadOnlyList<Column<OutcomeRow>> Outcomes { get; } =
    [
        Column<OutcomeRow>.Text("recommendation_id", "The slate that the event names.", row => row.RecommendationId),
        Column<OutcomeRow>.Text("item_id", "The item; of the slate or not.", row => row.Event.ItemId),
        Column<OutcomeRow>.Text("type", "What was done; impression-seen for a sighting.", row => row.Event.Type),
        Column<OutcomeRow>.Time("timestamp", "When.", row => row.Event.At),
        Column<OutcomeRow>.NumberOrNull("value", "A rating, a price, a dwell time.", row => row.Event.Value),
    ];

    /// <summary>Items.</summary>
    public static IReadOnlyList<Column<CatalogueItem>> Items { get; } =
    [
        Column<CatalogueItem>.Text("item_id", "The item.", row => row.Id),
        Column<CatalogueItem>.Text("title", "What people call it, plain text.", row => row.Title),
        Column<CatalogueItem>.Text("categories", "A JSON array of texts.", row => JsonSerializer.Serialize(row.Categories, Plain)),
        Column<CatalogueItem>.Flag("available", "Whether it may be recommended at all.", row => row.Available),
        Column<CatalogueItem>.TextOrNull("image_url", "A picture.", row => row.ImageUrl),
        Column<CatalogueItem>.TimeOrNull("published_at", "The first moment at which it may be recommended; null for always.", row => row.PublishedAt),
        Column<CatalogueItem>.TimeOrNull("expires_at", "The first moment at which it may no longer be; null for never.", row => row.ExpiresAt),
        Column<CatalogueItem>.TextOrNull("attributes", "A JSON object of texts, numbers, true and false.", row => row.Attributes),
    ];

    /// <summary>The contract in words: name, type, whether it may be null, and meaning of each column of each table.</summary>
    public static IEnumerable<(ExportTable Table, string Name, string Type, bool Required, string Meaning)> Describe() =>
        Of(ExportTable.Interactions, Interactions).Concat(Of(ExportTable.Sequences, Sequences)).Concat(Of(ExportTable.Impressions, Impressions))
            .Concat(Of(ExportTable.Outcomes, Outcomes)).Concat(Of(ExportTable.Items, Items));

    static IEnumerable<(ExportTable, string, string, bool, string)> Of<T>(ExportTable table, IReadOnlyList<Column<T>> columns) =>
        columns.Select(column => (table, column.Name, column.Type, column.Required, column.Meaning));
}
