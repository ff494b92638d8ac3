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

    [Fact]
    public void What_is_turned_down_or_ignored_is_seen_and_no_success()
    {
        var outcome = Join(
            Done("a", 1, "dislike"),
            Done("b 名", 2, "purchase"), Done("b 名", 12, "return"), // returned: no success
            Done("c", 3, "hide"), Done("c", 4, "purchase"), // taken up after all
            Done("d", 5, "rating") with { Value = 1 },
            Done("e", 6, "rating") with { Value = 5 });
        Assert.Equal([false, false, true, false, true, false], outcome.Interacted);
        Assert.Equal([true, true, true, true, true, false], outcome.Seen);
        Assert.Equal((false, 0), (outcome.Sighted, outcome.Late));
        var strict = Join(Day with { Meanings = new EventMeanings(new EventOptions { AtLeast = "dwell>=30" }) }, Done("a", 1, "dwell"), Done("c", 1, "dwell") with { Value = 30 });
        Assert.Equal([false, false, true, false, false, false], strict.Interacted);
    }

    static SlateOutcome Join(params SlateEvent[] events) => Join(Day, events);

    static SlateOutcome Join(LedgerOptions options, params SlateEvent[] events) => SlateOutcome.Of(
        new ServedSlate(
            new Impression
            {
                RecommendationId = "r",
                ServedAt = Noon,
                ModelVersion = "m",
                Recommender = "sasrec",
                Temperature = 1,
                Epsilon = 0,
                Seed = 0,
                EligibleCount = 10,
                Items = [.. new[] { "a", "b 名", "c", "d", "e", "f" }.Select((item, i) => new ServedItem(item, i + 1, 0, 0.1, false))],
            },
            events),
        options);

    static SlateEvent Done(string item, int minute, string type = "click") => new(item, type, Noon.AddMinutes(minute));
}
