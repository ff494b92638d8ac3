using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;

namespace SasRec.Core.Tests.Evaluate.Insights;

public sealed class SlateOutcomeTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    static readonly LedgerOptions Day = new() { Window = TimeSpan.FromDays(1), Maturity = TimeSpan.FromMinutes(10) };

    [Fact]
    public void What_names_the_slate_and_the_item_within_the_window_counts_once()
    {
        var outcome = Join(
            Done("b 名", 5), Done("b 名", 7), Done("b 名", 5, "purchase"), // several actions on one slot
            Done("c", 24 * 60), Done("d", (24 * 60) + 1), // the last moment of the window, and after
            Done("e", -5), Done("f", -6), // a clock that is behind, by no more and by more than is allowed
            Done("g", 1)); // not of the slate: organic
        Assert.Equal([false, true, true, false, true, false], outcome.Interacted);
        Assert.False(outcome.Sighted);
    }

    [Fact]
    public void A_sighting_is_seen_and_no_interaction_and_an_interaction_was_seen()
    {
        var outcome = Join(Done("a", 1, Sighting.Type), Done("c", 2, Sighting.Type), Done("c", 3), Done("d", 4), Done("e", 60 * 24 * 2, Sighting.Type));
        Assert.Equal([false, false, true, true, false, false], outcome.Interacted);
        Assert.Equal([true, false, true, true, false, false], outcome.Seen);
        Assert.True(outcome.Sighted);
    }

    [Fact]
    public void Late_are_slots_whose_first_action_came_after_the_slate_was_mature()
    {
        Assert.Equal(1, Join(Done("a", 9), Done("b 名", 11), Done("c", 11), Done("c", 8)).Late);
    }

    static SlateOutcome Join(params SlateEvent[] events) => SlateOutcome.Of(
        new ServedSlate(
            new Impression
            {
                RecommendationId = "r",
                ServedAt = Noon,
                ModelVersion = "m",
                Source = "sasrec",
                Temperature = 1,
                Epsilon = 0,
                Seed = 0,
                EligibleCount = 10,
                Items = [.. new[] { "a", "b 名", "c", "d", "e", "f" }.Select((item, i) => new ServedItem(item, i + 1, 0, 0.1, false))],
            },
            events),
        Day);

    static SlateEvent Done(string item, int minute, string type = "click") => new(item, type, Noon.AddMinutes(minute));
}
