using System.Security.Cryptography;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Functions.Impressions;
using SasRec.Functions.Items;
using SasRec.Functions.Shadow;
using SasRec.Functions.Telemetry;
using SasRec.Storage.Log;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Serve;

/// <summary>History to slate: scores, filters, exploration, and the impression that makes it learnable.</summary>
sealed class Recommender(
    ServeOptions options,
    Placements placements,
    ModelHolder models,
    CatalogueHolder catalogue,
    InteractionLog log,
    ImpressionSender impressions,
    ShadowScorer shadow,
    TimeProvider clock)
{
    /// <summary>The slate; null where no model can serve, or where the catalogue has not been read.</summary>
    public async Task<RecommendationResponse?> RecommendAsync(RecommendationRequest request, CancellationToken cancellation)
    {
        using var span = Instruments.Source.StartActivity(Spans.Recommend);

        // The log is read before a model is leased, so that no lease waits for storage.
        var history = request.History ?? await HistoryAsync(request.UserId!, cancellation);
        await catalogue.GetAsync(cancellation);
        if (Draw(request, history, await models.LeaseAsync(cancellation)) is not { } drawn)
        {
            return null;
        }

        var logged = !request.Preview && drawn.Impression.Items.Count > 0 && await impressions.TrySendAsync(drawn.Impression, cancellation);
        var impression = drawn.Impression;
        if (logged)
        {
            shadow.Offer(impression, request, history);
        }

        return new RecommendationResponse(
            request.Preview ? null : impression.RecommendationId,
            impression.UserId,
            impression.Placement,
            impression.ModelVersion,
            impression.Source,
            impression.SourceShare,
            new DrawnPolicy(impression.Temperature, impression.Epsilon, impression.NewItemShare, impression.GreedyShare, impression.Seed),
            impression.EligibleCount,
            impression.NewEligibleCount,
            drawn.UnknownItems,
            logged,
            drawn.Items,
            drawn.Explanation?.Best);
    }

    async Task<IReadOnlyList<string>> HistoryAsync(string userId, CancellationToken cancellation)
    {
        var newest = await log.NewestAsync(userId, options.HistoryLength, cancellation);
        var items = new string[newest.Count];
        for (var i = 0; i < items.Length; i++)
        {
            items[^(i + 1)] = newest[i].ItemId;
        }

        return items;
    }

    Drawn? Draw(RecommendationRequest request, IReadOnlyList<string> history, ModelLease? lease)
    {
        if (lease is not { } held)
        {
            return null;
        }

        using (held)
        {
            var model = held.Model;
            if (catalogue.IndexFor(model) is not { } items)
            {
                return null;
            }

            var candidates = new Candidates(items);
            candidates.Filter(request, history, clock.GetUtcNow());
            var buffers = model.Rent();
            try
            {
                var length = candidates.Tokens(history, buffers.Tokens);
                var placement = placements.For(request.Placement);
                var policy = placement.Policy(request, model.Manifest.Exploration ?? ExplorationCurve.Unknown);
                var seed = request.Seed ?? (ulong)BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) & RecommendationReader.MostSeed;
                var choice = SourceChoice.Of(placement.Shares, request, length > 0, clock.GetUtcNow(), seed);
                var scores = model.Score(choice.Source, buffers, length);
                var slate = PlackettLuceSlate.Draw(scores, candidates.Eligible, request.Slots, policy, seed);
                var impression = Describe(request, model, items, slate, policy, seed, choice) with
                {
                    HistoryCount = history.Count,

                    // A greedy slate shows one order for certain: other temperatures cannot be judged by it.
                    UnservedSoftMaxima = policy.Temperature > 0 || policy.Epsilon > 0 ? UnservedSoftMaxima.Of(scores, candidates.Eligible, slate) : null,
                };

                // Who does not look at the history's order has no reasons in it.
                var read = choice.Source == Sources.Sasrec ? length : 0;
                var explanation = request.Explain
                    ? Explanation.Of(model, buffers.Tokens.AsSpan(0, read), scores, candidates.Eligible, policy, request.Slots, slate)
                        .Named(items.Catalogue)
                    : null;
                IReadOnlyList<RecommendedItem> told =
                [
                    .. impression.Items.Select((served, i) =>
                        RecommendedItem.Of(served, items.Catalogue.Find(served.ItemId), explanation?.OfSlot(i, slate.Items[i].Item))),
                ];
                return new Drawn(impression, told, candidates.UnknownItems, explanation);
            }
            finally
            {
                model.Return(buffers);
            }
        }
    }

    Impression Describe(
        RecommendationRequest request, ServedModel model, ItemIndex items, Slate slate, ExplorationPolicy policy, ulong seed, SourceChoice choice)
    {
        ServingTelemetry.Drawn(model, choice.Source);
        var now = clock.GetUtcNow();
        return new Impression
        {
            RecommendationId = RecommendationId.New(clock),
            UserId = request.UserId,
            Placement = request.Placement,
            ServedAt = now,
            ModelVersion = model.Version,
            Source = choice.Source,
            SourceShare = choice.Share,
            Temperature = policy.Temperature,
            Epsilon = policy.Epsilon,
            NewItemShare = policy.NewItemShare,
            GreedyShare = policy.GreedyShare,
            Seed = seed,
            Seeded = request.Seed is not null,
            EligibleCount = slate.EligibleCount,
            NewEligibleCount = slate.NewEligibleCount,
            UnservedSoftMaximum = double.IsFinite(slate.UnservedSoftMaximum) ? slate.UnservedSoftMaximum : null,
            Items = [.. slate.Items.Select((slot, i) => new ServedItem(
                items.IdOf(slot.Item),
                i + 1,
                float.IsFinite(slot.Score) ? slot.Score : null,
                slot.Propensity,
                slot.Explored,
                items.IsNew(slot.Item))
            {
                Greedy = slot.Greedy,
            })],
        };
    }

    /// <summary>A slate with what is logged and what is told of it.</summary>
    sealed record Drawn(Impression Impression, IReadOnlyList<RecommendedItem> Items, int UnknownItems, Explanation? Explanation);
}
