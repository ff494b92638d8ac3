using SasRec.Core.Events;
using SasRec.Core.Experiments;
using SasRec.Core.Rules;
using SasRec.Functions.Experiments;
using SasRec.Functions.Impressions;
using SasRec.Functions.Inference;
using SasRec.Functions.Items;
using SasRec.Functions.Rules;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Serve;

/// <summary>From a history to a slate, and to the impression that later models are trained and evaluated on.</summary>
sealed class Recommender(
    ServeOptions options,
    ModelSlots models,
    CatalogueHolder catalogue,
    RuleHolder rules,
    ExperimentHolder experiments,
    ExperimentModels experimentModels,
    ShownItems pages,
    Histories histories,
    ImpressionSender impressions,
    TimeProvider clock)
{
    // Storage has just failed this request: it is not waited for again.
    static readonly TimeSpan DegradedImpressionTimeout = TimeSpan.FromMilliseconds(20);

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
        var began = clock.GetTimestamp();

        // The log is read before a model is leased, so that no lease waits for storage.
        var (taste, degraded) = await TasteAsync(request, cancellation);
        IReadOnlyList<string>? shown = request.After is { } after ? await pages.UpToAsync(after, cancellation) : [];
        if (shown is null)
        {
            return new RecommendationResult.UnknownSlate();
        }

        if (await catalogue.GetAsync(cancellation) is null)
        {
            return new RecommendationResult.NoCatalogue();
        }

        if (await rules.GetAsync(cancellation) is not { } book)
        {
            return new RecommendationResult.NoRules();
        }

        var ofPlacement = book.Of(request.Placement) is { Rules: not null } change ? change : null;
        var arms = ArmSetting.Of(await experiments.GetAsync(cancellation), request.Placement, request.UserId, Decided(request));
        var rulesOfPlacement = (ofPlacement?.Rules ?? SlateRules.None).With(arms.Rules);
        var known = new KnownRequest(
            placement.With(arms, request), taste, rulesOfPlacement.With(request.Rules), shown, ofPlacement?.Version, arms);
        if (await LeaseAsync(arms.ModelVersion, cancellation) is not { } lease)
        {
            return new RecommendationResult.NoModel();
        }

        if (request.SimilarTo is not null && !lease.Model.HasNetwork)
        {
            using (lease)
            {
                return new RecommendationResult.NoModel();
            }
        }

        if (request.SimilarTo is { } item && !(lease.Model.Index!.TryGetPlace(item, out var place) && lease.Model.Index.IsEmbedded(place)))
        {
            using (lease)
            {
                return new RecommendationResult.UnknownItem(lease.Model.Version);
            }
        }

        var answer = Draw(lease, known, placement, began);
        var impression = answer.Impression;

        // An empty slate is nothing to learn from, but for an experiment: an arm that leaves users without anything must not lose them.
        var logged = !request.Preview && impression.Items.Count + (impression.Forced?.Count ?? 0) + arms.Assigned.Count > 0
            && await impressions.TrySendAsync(impression, degraded ? DegradedImpressionTimeout : options.ImpressionTimeout, cancellation);
        if (logged)
        {
            pages.Remember(impression);
            Logged?.Invoke(new LoggedSlate(impression, known));
        }

        return new RecommendationResult.Slate(RecommendationResponse.Of(
            impression, request.Preview, logged, degraded, answer.UnknownItems, answer.Items, answer.Best));
    }

    /// <summary>What the log knows of the user, or what the request says; what the request says was turned down comes on top.</summary>
    async Task<KnownTaste> TasteAsync(RecommendationRequest request, CancellationToken cancellation)
    {
        var (known, degraded) = request.History is { } history ? new KnownTaste(new UserTaste(history, []), Degraded: false)
            : request.UserId is { } user ? await histories.OfAsync(user, cancellation)
            : new KnownTaste(new UserTaste([], []), Degraded: false);
        return request.Dislikes.Count == 0 ? new KnownTaste(known, degraded) : new KnownTaste(
            new UserTaste([.. known.Actions.Where(item => !request.Dislikes.Contains(item))], [.. request.Dislikes.Union(known.Disliked)]), degraded);
    }

    /// <summary>The model of a version where it is in memory, else the one that serves; null where there is none.</summary>
    ValueTask<ModelLease?> LeaseAsync(string? version, CancellationToken cancellation) =>
        version is not null && experimentModels.TryLease(version) is { } own ? ValueTask.FromResult<ModelLease?>(own) : models.Current.LeaseAsync(cancellation);

    /// <summary>What a request says itself, whatever an experiment would make of it.</summary>
    static ArmChanges Decided(RecommendationRequest request) =>
        (request is { Exploration: null, Temperature: null, Epsilon: null } ? ArmChanges.None : ArmChanges.Policy)
        | (request is { Recommender: null, Rail: null } ? ArmChanges.None : ArmChanges.Recommender);

    Answer Draw(ModelLease lease, KnownRequest known, Placement placement, long began)
    {
        using var held = lease;
        var (model, now) = (lease.Model, clock.GetUtcNow());
        using var candidates = new Candidates(model, model.Index!, known, now, options.DislikeStrength);
        var draw = SlateDraw.Of(model, candidates, known, placement, now);
        ServingTelemetry.Drawn(model, draw.Choice.Recommender);
        var impression = draw.ToImpression(model, candidates.Items, known, clock);
        if (known.Arms.Assigned.Count > 0)
        {
            impression = impression with { Experiments = known.Arms.Assigned, Milliseconds = clock.GetElapsedTime(began).TotalMilliseconds };
        }

        return new Answer(
            impression, draw.Describe(impression, candidates.Items), candidates.UnknownItems, draw.Explanation?.Best);
    }

    /// <summary>A slate with what is logged and what is answered of it; it does not refer to the model's buffers.</summary>
    sealed record Answer(
        Impression Impression, IReadOnlyList<RecommendedItem> Items, int UnknownItems, IReadOnlyList<Candidate>? Best);
}
