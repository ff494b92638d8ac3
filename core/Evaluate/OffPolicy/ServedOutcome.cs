using SasRec.Core.Events;

namespace SasRec.Core.Evaluate.OffPolicy;

/// <summary>One slot of one slate with what became of it.</summary>
/// <param name="Impression">The slate.</param>
/// <param name="Item">The slot.</param>
/// <param name="Interacted">Whether the user acted on the item and named the slate.</param>
public sealed record ServedOutcome(Impression Impression, ServedItem Item, bool Interacted)
{
    /// <summary>Joins what was served with what was done, by recommendation id and item.</summary>
    /// <param name="impressions">Slates, in any order; a slate that comes twice counts once.</param>
    /// <param name="interactions">What users did, in any order and number; only what names a slate counts.</param>
    /// <param name="window">How long after serving an interaction still counts; one dated up to five minutes before is clock skew.</param>
    /// <param name="type">Which type of interaction counts; null for all.</param>
    /// <returns>A row for each slot, slates by time, slots by rank.</returns>
    public static IReadOnlyList<ServedOutcome> Join(
        IEnumerable<Impression> impressions, IEnumerable<Interaction> interactions, TimeSpan window, string? type = null)
    {
        ArgumentNullException.ThrowIfNull(impressions);
        ArgumentNullException.ThrowIfNull(interactions);
        var skew = TimeSpan.FromMinutes(5);
        var done = interactions
            .Where(interaction => interaction.RecommendationId is not null && (type is null || interaction.Type == type))
            .ToLookup(interaction => (interaction.RecommendationId!, interaction.ItemId), interaction => interaction.Timestamp);
        return
        [
            .. from impression in impressions.DistinctBy(impression => impression.RecommendationId)
               orderby impression.ServedAt, impression.RecommendationId
               from item in impression.Items.OrderBy(item => item.Rank)
               let interacted = done[(impression.RecommendationId, item.ItemId)]
                   .Any(time => time >= impression.ServedAt - skew && time <= impression.ServedAt + window)
               select new ServedOutcome(impression, item, interacted),
        ];
    }
}
