using System.Security.Cryptography;
using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Storage.Log;

namespace SasRec.Functions.Serve;

/// <summary>A slate drawn for one request, with what makes the draw reproducible.</summary>
/// <param name="Slate">What was drawn, with its propensities.</param>
/// <param name="Ranks">[drawn]: where each drawn item stands.</param>
/// <param name="Pinned">What was not drawn but pinned, and where it stands.</param>
/// <param name="Adjustments">[drawn]: what boosts and dislikes added to each score; null for nothing.</param>
/// <param name="Constrained">Whether caps or diversity were at work.</param>
/// <param name="Policy">The policy of the draw.</param>
/// <param name="Seed">The seed of the draw.</param>
/// <param name="Choice">The recommender whose scores were used.</param>
/// <param name="Unserved">What makes the propensities of other temperatures recomputable; null for a greedy slate, which tells nothing of them.</param>
/// <param name="Explanation">Why each item is in the slate; null unless the request asks.</param>
sealed record SlateDraw(
    Slate Slate,
    int[] Ranks,
    IReadOnlyList<(int Place, int Rank)> Pinned,
    double?[] Adjustments,
    bool Constrained,
    ExplorationPolicy Policy,
    ulong Seed,
    RecommenderChoice Choice,
    IReadOnlyList<LogSumExp>? Unserved,
    Explanation? Explanation)
{
    /// <summary>Selects the recommender, scores the candidates and draws.</summary>
    public static SlateDraw Of(LoadedModel model, Candidates candidates, KnownRequest known, Placement placement, DateTimeOffset now)
    {
        var request = known.Request;
        var policy = placement.Policy(request, model.Manifest.Exploration ?? ExplorationCurve.Unknown);
        var seed = request.Seed ?? (ulong)BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) & RecommendationReader.MaxSeed;
        var choice = RecommenderChoice.Of(placement.SharesOf(known.Arms), request, candidates.HasHistory, now, seed);
        var scores = candidates.Score(choice.Recommender);
        var (slots, constraints) = (request.K - candidates.Pinned.Count, candidates.Constraints(scores));
        var slate = candidates.Draw(scores, constraints, policy, seed);
        var unserved = constraints is null && (policy.Temperature > 0 || policy.Epsilon > 0)
            ? UnservedLogSumExps.Of(scores.Total, candidates.Eligible, slate)
            : null;
        var adjustments = Array.ConvertAll([.. slate.Items], slot => AdjustmentOf(scores, slot.Item));

        // Only the network depends on the whole history, so only its slates have history-based reasons.
        var read = choice.Recommender == Recommenders.Sasrec ? candidates.History : [];
        var explanation = request.Explain
            ? Explanation.Of(model, candidates.Items, read, scores, candidates.Eligible, policy, constraints, slots, slate)
            : null;
        var (ranks, pinned) = candidates.Pinned.Arrange(slate.Items.Count);
        return new SlateDraw(slate, ranks, pinned, adjustments, constraints is not null, policy, seed, choice, unserved, explanation);
    }

    static double? AdjustmentOf(ItemScores scores, int item) =>
        item < scores.Model.Length && float.IsFinite(scores.Model[item]) && scores.Total[item] - scores.Model[item] is not 0 and var adjustment ? adjustment : null;

    /// <summary>What is logged of the slate.</summary>
    public Impression ToImpression(
        LoadedModel model, ItemIndex items, KnownRequest known, TimeProvider clock) => new()
    {
        RecommendationId = RecommendationId.New(clock),
        UserId = known.Request.UserId,
        Placement = known.Request.Placement,
        ServedAt = clock.GetUtcNow(),
        ModelVersion = model.Version,
        Recommender = Choice.Recommender,
        RecommenderShare = Choice.Share,
        Temperature = Policy.Temperature,
        Epsilon = Policy.Epsilon,
        NewItemShare = Policy.NewItemShare,
        GreedyShare = Policy.GreedyShare,
        Seed = Seed,
        Seeded = known.Request.Seed is not null,
        EligibleCount = Slate.EligibleCount,
        NewEligibleCount = Slate.NewEligibleCount,
        HistoryCount = known.Taste.Actions.Count,
        After = known.Request.After,
        RulesVersion = known.RulesVersion,
        Constrained = Constrained,
        Forced = Pinned.Count == 0 ? null : [.. Pinned.Select(pin => new ForcedItem(items.IdOf(pin.Place), pin.Rank))],
        UnservedLogSumExp = double.IsFinite(Slate.UnservedLogSumExp) ? Slate.UnservedLogSumExp : null,
        UnservedLogSumExps = Unserved,
        Items = [.. Slate.Items.Select((_, place) => Served(model, items, place, UserSegment.Of(known.Taste.Actions.Count)))],
    };

    ServedItem Served(LoadedModel model, ItemIndex items, int place, string segment)
    {
        var slot = Slate.Items[place];
        double? score = float.IsFinite(slot.Score) ? slot.Score : null;
        double? response = Choice.Recommender == Recommenders.Sasrec && score is not null && model.ResponseTerms is { } terms && slot.Item < terms.Length ? terms[slot.Item] : null;
        var own = score - (response ?? 0) - (Adjustments[place] ?? 0);
        return new ServedItem(items.IdOf(slot.Item), Ranks[place], score, slot.Propensity, slot.Explored, items.IsNew(slot.Item))
        {
            Greedy = slot.Greedy,
            Response = response,
            Probability = model.Response?.Probability(Choice.Recommender, Ranks[place], own, slot.Item, segment),
            Adjustment = Adjustments[place],
        };
    }

    /// <summary>What is answered of each item: its impression, its catalogue entry and its reasons.</summary>
    public IReadOnlyList<RecommendedItem> Describe(Impression impression, ItemIndex items)
    {
        var drawn = impression.Items.Select((served, i) =>
            RecommendedItem.Of(served, items.Catalogue.Find(served.ItemId), Explanation?.OfSlot(i, Slate.Items[i].Item)));
        var pinned = Pinned.Select(pin => RecommendedItem.Pinned(items.IdOf(pin.Place), pin.Rank, items.IsNew(pin.Place), items.Catalogue));
        return [.. drawn.Concat(pinned).OrderBy(item => item.Rank)];
    }
}
