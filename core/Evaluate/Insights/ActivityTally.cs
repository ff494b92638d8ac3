using System.Globalization;
using SasRec.Core.Events;

namespace SasRec.Core.Evaluate.Insights;

/// <summary>Counts what users do by day, with slates and without.</summary>
/// <param name="from">Actions from here on.</param>
/// <param name="to">Up to here, exclusive.</param>
/// <param name="meanings">Which events are actions; null for the defaults.</param>
public sealed class ActivityTally(DateTimeOffset from, DateTimeOffset to, EventMeanings? meanings = null)
{
    readonly EventMeanings meanings = meanings ?? EventMeanings.Default;
    readonly SortedDictionary<DateOnly, (long All, long Served)> days = [];

    /// <summary>Counts an action of the span: no sighting, and nothing that is ignored or turns an item down.</summary>
    /// <param name="interaction">What a user did.</param>
    public void Add(Interaction interaction)
    {
        ArgumentNullException.ThrowIfNull(interaction);
        if (interaction.Timestamp >= from && interaction.Timestamp < to && !Sighting.Is(interaction)
            && meanings.Of(interaction).Feedback == Feedback.Positive)
        {
            var day = DateOnly.FromDateTime(interaction.Timestamp.UtcDateTime);
            var (all, served) = days.GetValueOrDefault(day);
            days[day] = (all + 1, served + (interaction.RecommendationId is null ? 0 : 1));
        }
    }

    /// <summary>What was counted.</summary>
    /// <param name="basis">Whose interactions these are.</param>
    /// <param name="users">How many users that is.</param>
    public Activity Build(string basis, int users) => new(basis, users,
    [
        .. days.Select(d => new DayOfActivity(
            d.Key.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            d.Value.All,
            d.Value.Served,
            d.Value.All - d.Value.Served,
            d.Value.Served / (double)d.Value.All)),
    ]);
}
