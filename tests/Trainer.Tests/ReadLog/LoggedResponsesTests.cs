using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Sequences;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Tests.ReadLog;

public sealed class LoggedResponsesTests
{
    static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly ItemVocabulary Items = new(["a", "b", "c"]);

    [Fact]
    public void Every_slot_is_read_taken_or_not_with_its_rank_item_segment_and_recommender()
    {
        var found = LoggedResponses.Of([Slate("s", "m", [("b", 1), ("a", -1)], taken: "a")], Items, new LedgerOptions());
        var slate = Assert.Single(found.Slates);
        Assert.Equal([(1, 1, false), (2, 0, true)], slate.Slots.Select(slot => (slot.Rank, slot.Item, slot.Taken)));
        Assert.All(slate.Slots, slot => Assert.Equal((0, UserSegment.All.ToList().IndexOf(UserSegment.Light)), (slot.Recommender, slot.Segment)));
    }

    [Fact]
    public void Negative_feedback_is_not_taking()
    {
        var slate = Slate("s", "m", [("a", 1), ("b", 0)]) with { Events = [new SlateEvent("a", "dislike", Noon.AddMinutes(1)), new SlateEvent("b", "purchase", Noon.AddMinutes(2))] };
        Assert.Equal([false, true], LoggedResponses.Of([slate], Items, new LedgerOptions()).Slates[0].Slots.Select(slot => slot.Taken));
    }

    [Fact]
    public void Scores_of_different_models_are_told_in_their_own_units()
    {
        var found = LoggedResponses.Of([Slate("s", "small", [("a", 1), ("b", -1)]), Slate("t", "large", [("a", 110), ("b", 90)])], Items, new LedgerOptions());
        Assert.All(found.Slates, slate => Assert.Equal([1.0, -1.0], slate.Slots.Select(slot => slot.Score!.Value)));
    }

    [Fact]
    public void What_a_response_model_added_to_a_score_is_taken_off_again()
    {
        var slate = Slate("s", "m", [("a", 4), ("b", -1)]);
        var own = slate.Impression.Items.Select((item, slot) => item with { Response = slot == 0 ? 3 : 0 });
        var found = LoggedResponses.Of([slate with { Impression = slate.Impression with { Items = [.. own] } }], Items, new LedgerOptions());
        Assert.Equal([1.0, -1.0], found.Slates[0].Slots.Select(slot => slot.Score!.Value));
    }

    [Fact]
    public void Slates_whose_seed_a_client_chose_and_items_that_are_gone_are_left_out()
    {
        var seeded = Slate("s", "m", [("a", 1)]);
        var found = LoggedResponses.Of(
            [seeded with { Impression = seeded.Impression with { Seeded = true } }, Slate("t", "m", [("gone", 1), ("c", 0)])], Items, new LedgerOptions());
        Assert.Equal([2], Assert.Single(found.Slates).Slots.Select(slot => slot.Item));
    }

    static ServedSlate Slate(string id, string model, (string Item, double Score)[] items, string? taken = null) => new(
        new Impression
        {
            RecommendationId = id,
            UserId = "u",
            ServedAt = Noon,
            ModelVersion = model,
            Recommender = Recommenders.Sasrec,
            Temperature = 0.5,
            Epsilon = 0.02,
            Seed = 1,
            EligibleCount = 3,
            HistoryCount = 4,
            Items = [.. items.Select((item, slot) => new ServedItem(item.Item, slot + 1, item.Score, 0.5, false))],
        },
        taken is null ? [] : [new SlateEvent(taken, "view", Noon.AddMinutes(1))]);
}
