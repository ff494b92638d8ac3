using System.Security.Cryptography;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Functions.Impressions;
using SasRec.Storage.Log;

namespace SasRec.Functions.Serve;

/// <summary>History to slate: scores, filters, exploration, and the impression that makes it learnable.</summary>
sealed class Recommender(
    ServeOptions options, ModelHolder models, InteractionLog log, ImpressionSender impressions, TimeProvider clock)
{
    /// <summary>The slate; null where no model can serve.</summary>
    public async Task<RecommendationResponse?> RecommendAsync(RecommendationRequest request, CancellationToken cancellation)
    {
        // The log is read before a model is leased, so that no lease waits for storage.
        var history = request.History ?? await HistoryAsync(request.UserId!, cancellation);
        if (Draw(request, history, await models.LeaseAsync(cancellation)) is not { } drawn)
        {
            return null;
        }

        var logged = !request.Preview && drawn.Impression.Items.Count > 0 && await impressions.TrySendAsync(drawn.Impression, cancellation);
        var impression = drawn.Impression;
        return new RecommendationResponse(
            request.Preview ? null : impression.RecommendationId,
            impression.UserId,
            impression.Placement,
            impression.ModelVersion,
            impression.Source,
            new DrawnPolicy(impression.Temperature, impression.Epsilon, impression.Seed),
            impression.EligibleCount,
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
            var candidates = new Candidates(model.Catalogue.Items);
            candidates.Filter(request, history);
            var buffers = model.Rent();
            try
            {
                var length = candidates.Tokens(history, buffers.Tokens);
                if (length > 0)
                {
                    model.Score(buffers, length);
                }

                var policy = new ExplorationPolicy { Temperature = request.Temperature, Epsilon = request.Epsilon };
                var seed = request.Seed ?? (ulong)BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) & RecommendationReader.MostSeed;
                var scores = length > 0 ? buffers.Scores : model.Popularity;
                var slate = PlackettLuceSlate.Draw(scores, candidates.Eligible, request.Slots, policy, seed);
                var impression = Describe(request, model, slate, policy, seed, length > 0 ? "sasrec" : "popularity");

                // A greedy slate shows one order for certain: other temperatures cannot be judged by it.
                impression = impression with
                {
                    HistoryCount = history.Count,
                    UnservedSoftMaxima = policy.Temperature > 0 || policy.Epsilon > 0 ? UnservedSoftMaxima.Of(scores, candidates.Eligible, slate) : null,
                };
                var explanation = request.Explain
                    ? Explanation.Of(model, buffers.Tokens.AsSpan(0, length), scores, candidates.Eligible, policy, request.Slots, slate)
                    : null;
                return new Drawn(impression, Items(impression, slate, explanation), candidates.UnknownItems, explanation);
            }
            finally
            {
                model.Return(buffers);
            }
        }
    }

    static IReadOnlyList<RecommendedItem> Items(Impression impression, Slate slate, Explanation? explanation) =>
    [
        .. impression.Items.Select((served, i) => explanation is null ? RecommendedItem.Of(served) : RecommendedItem.Of(served) with
        {
            Because = explanation.Because[i],
            Chance = explanation.Chances[slate.Items[i].Item].Value,
            ChanceError = explanation.Chances[slate.Items[i].Item].Error,
        }),
    ];

    Impression Describe(RecommendationRequest request, ServedModel model, Slate slate, ExplorationPolicy policy, ulong seed, string source)
    {
        var now = clock.GetUtcNow();
        return new Impression
        {
            RecommendationId = RecommendationId.New(clock),
            UserId = request.UserId,
            Placement = request.Placement,
            ServedAt = now,
            ModelVersion = model.Version,
            Source = source,
            Temperature = policy.Temperature,
            Epsilon = policy.Epsilon,
            Seed = seed,
            EligibleCount = slate.EligibleCount,
            UnservedSoftMaximum = double.IsFinite(slate.UnservedSoftMaximum) ? slate.UnservedSoftMaximum : null,
            Items = [.. slate.Items.Select((slot, i) => new ServedItem(
                model.Catalogue.Items[slot.Item], i + 1, float.IsFinite(slot.Score) ? slot.Score : null, slot.Propensity, slot.Explored))],
        };
    }

    /// <summary>A slate with what is logged and what is told of it.</summary>
    sealed record Drawn(Impression Impression, IReadOnlyList<RecommendedItem> Items, int UnknownItems, Explanation? Explanation);
}
