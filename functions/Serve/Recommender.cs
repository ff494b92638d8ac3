using SasRec.Core.Events;
using SasRec.Functions.Impressions;
using SasRec.Functions.Inference;
using SasRec.Functions.Items;
using SasRec.Storage.Log;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Serve;

/// <summary>From a history to a slate, and to the impression that later models are trained and evaluated on.</summary>
sealed class Recommender(
    ServeOptions options, ModelSlots models, CatalogueHolder catalogue, InteractionLog log, ImpressionSender impressions, TimeProvider clock)
{
    /// <summary>Raised on the request's thread after a slate was logged; handlers must return at once.</summary>
    public event Action<LoggedSlate>? Logged;

    /// <summary>Recommends; the slate is logged unless the request is a preview or the slate is empty.</summary>
    /// <param name="request">A valid request.</param>
    /// <param name="placement">The placement that the request names.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<RecommendationResult> RecommendAsync(
        RecommendationRequest request, Placement placement, CancellationToken cancellation)
    {
        using var span = Instruments.Source.StartActivity(Spans.Recommend);

        // The log is read before a model is leased, so that no lease waits for storage.
        var history = request.History ?? await HistoryAsync(request.UserId!, cancellation);
        if (await catalogue.GetAsync(cancellation) is null)
        {
            return new RecommendationResult.NoCatalogue();
        }

        if (await models.Current.LeaseAsync(cancellation) is not { } lease)
        {
            return new RecommendationResult.NoModel();
        }

        var answer = Draw(lease, request, placement, history);
        var impression = answer.Impression;
        var logged = !request.Preview && impression.Items.Count > 0
            && await impressions.TrySendAsync(impression, options.ImpressionTimeout, cancellation);
        if (logged)
        {
            Logged?.Invoke(new LoggedSlate(impression, request, history));
        }

        return new RecommendationResult.Slate(RecommendationResponse.Of(
            impression, request.Preview, logged, answer.UnknownItems, answer.Items, answer.Best));
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

    Answer Draw(ModelLease lease, RecommendationRequest request, Placement placement, IReadOnlyList<string> history)
    {
        using var held = lease;
        var (model, now) = (lease.Model, clock.GetUtcNow());
        using var candidates = new Candidates(model, model.Index!, request, history, now);
        var draw = SlateDraw.Of(model, candidates, request, placement, now);
        ServingTelemetry.Drawn(model, draw.Choice.Recommender);
        var impression = draw.ToImpression(model, candidates.Items, request, history, clock);
        return new Answer(
            impression, draw.Describe(impression, candidates.Items.Catalogue), candidates.UnknownItems, draw.Explanation?.Best);
    }

    /// <summary>A slate with what is logged and what is answered of it; it does not refer to the model's buffers.</summary>
    sealed record Answer(
        Impression Impression, IReadOnlyList<RecommendedItem> Items, int UnknownItems, IReadOnlyList<Candidate>? Best);
}
