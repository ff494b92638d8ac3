using System.Security.Cryptography;
using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Functions.Inference;
using SasRec.Functions.Items;
using SasRec.Storage.Log;

namespace SasRec.Functions.Serve;

/// <summary>A slate drawn for one request, with what makes the draw reproducible.</summary>
/// <param name="Slate">The slate with its propensities.</param>
/// <param name="Policy">The policy of the draw.</param>
/// <param name="Seed">The seed of the draw.</param>
/// <param name="Choice">The recommender whose scores were used.</param>
/// <param name="Unserved">What makes the propensities of other temperatures recomputable; null for a greedy slate, which tells nothing of them.</param>
/// <param name="Explanation">Why each item is in the slate; null unless the request asks.</param>
sealed record SlateDraw(
    Slate Slate,
    ExplorationPolicy Policy,
    ulong Seed,
    RecommenderChoice Choice,
    IReadOnlyList<SoftMaximum>? Unserved,
    Explanation? Explanation)
{
    /// <summary>Selects the recommender, scores the candidates and draws.</summary>
    public static SlateDraw Of(LoadedModel model, Candidates candidates, RecommendationRequest request, Placement placement, DateTimeOffset now)
    {
        var policy = placement.Policy(request, model.Manifest.Exploration ?? ExplorationCurve.Unknown);
        var seed = request.Seed ?? (ulong)BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) & RecommendationReader.MostSeed;
        var choice = RecommenderChoice.Of(placement.Shares, request, !candidates.History.IsEmpty, now, seed);
        var (scores, ofModel) = candidates.Score(choice.Recommender);
        var slate = PlackettLuceSlate.Draw(scores, candidates.Eligible, request.K, policy, seed);
        var unserved = policy.Temperature > 0 || policy.Epsilon > 0 ? UnservedSoftMaxima.Of(scores, candidates.Eligible, slate) : null;

        // Only the network depends on the whole history, so only its slates have history-based reasons.
        var read = choice.Recommender == Recommenders.Sasrec ? candidates.History : [];
        var explanation = request.Explain
            ? Explanation.Of(model, read, scores, ofModel, candidates.Eligible, policy, request.K, slate).Named(candidates.Items.Catalogue)
            : null;
        return new SlateDraw(slate, policy, seed, choice, unserved, explanation);
    }

    /// <summary>What is logged of the slate.</summary>
    public Impression ToImpression(
        LoadedModel model, ItemIndex items, RecommendationRequest request, IReadOnlyList<string> history, TimeProvider clock) => new()
    {
        RecommendationId = RecommendationId.New(clock),
        UserId = request.UserId,
        Placement = request.Placement,
        ServedAt = clock.GetUtcNow(),
        ModelVersion = model.Version,
        Source = Choice.Recommender,
        SourceShare = Choice.Share,
        Temperature = Policy.Temperature,
        Epsilon = Policy.Epsilon,
        NewItemShare = Policy.NewItemShare,
        GreedyShare = Policy.GreedyShare,
        Seed = Seed,
        Seeded = request.Seed is not null,
        EligibleCount = Slate.EligibleCount,
        NewEligibleCount = Slate.NewEligibleCount,
        HistoryCount = history.Count,
        UnservedSoftMaximum = double.IsFinite(Slate.UnservedSoftMaximum) ? Slate.UnservedSoftMaximum : null,
        UnservedSoftMaxima = Unserved,
        Items = [.. Slate.Items.Select((slot, i) => Served(model, items, slot, i + 1, UserSegment.Of(history.Count)))],
    };

    ServedItem Served(LoadedModel model, ItemIndex items, SlateItem slot, int rank, string segment)
    {
        double? score = float.IsFinite(slot.Score) ? slot.Score : null;
        double? response = Choice.Recommender == Recommenders.Sasrec && score is not null && model.ResponseTerms is { } terms ? terms[slot.Item] : null;
        return new ServedItem(items.IdOf(slot.Item), rank, score, slot.Propensity, slot.Explored, items.IsNew(slot.Item))
        {
            Greedy = slot.Greedy,
            Response = response,
            Probability = model.Response?.Probability(Choice.Recommender, rank, score - (response ?? 0), slot.Item, segment),
        };
    }

    /// <summary>What is answered of each item: its impression, its catalogue entry and its reasons.</summary>
    public IReadOnlyList<RecommendedItem> Describe(Impression impression, Catalogue catalogue) =>
    [
        .. impression.Items.Select((served, i) =>
            RecommendedItem.Of(served, catalogue.Find(served.ItemId), Explanation?.OfSlot(i, Slate.Items[i].Item))),
    ];
}
