using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SasRec.Core.Contracts;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Functions.Inference;
using SasRec.Functions.Serve;
using SasRec.Storage.Log;

namespace SasRec.Functions.Shadow;

/// <summary>Scores every logged slate with the shadow model, after its answer was sent.</summary>
/// <remarks>
/// One worker takes slates from a bounded queue. Where the queue is full, slates are dropped and counted, so that a slow shadow slows no
/// request. The shadow gets the history and the filters of the request itself; nothing is rebuilt or assumed.
/// </remarks>
sealed class ShadowScorer(
    Recommender recommender, ServeOptions options, ModelSlots models, ShadowCounts counts, SlateShadows log,
    TimeProvider clock, ILogger<ShadowScorer> logger)
    : BackgroundService
{
    // What a queue of this length holds of histories and lists is what the requests held.
    const int MaxWaiting = 256;
    const int MaxBatch = 50;

    readonly Channel<LoggedSlate> waiting = Channel.CreateBounded<LoggedSlate>(new BoundedChannelOptions(MaxWaiting)
    {
        SingleReader = true,
        FullMode = BoundedChannelFullMode.Wait, // TryWrite returns false at once.
    });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        recommender.Logged += Offer;
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        recommender.Logged -= Offer;
        return base.StopAsync(cancellationToken);
    }

    /// <summary>Queues a slate; returns at once.</summary>
    void Offer(LoggedSlate slate)
    {
        if (models.Shadow.State.Status is SlotStatus.Serving && !waiting.Writer.TryWrite(slate))
        {
            counts.Add(droppedNow: 1);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            var shadows = new Dictionary<string, SlateShadow>(StringComparer.Ordinal);
            try
            {
                while (shadows.Count < MaxBatch && waiting.Reader.TryRead(out var slate))
                {
                    if (Score(slate) is { } shadow)
                    {
                        shadows[slate.Impression.RecommendationId] = shadow;
                    }
                }

                await log.AppendAsync(shadows, stoppingToken);
                counts.Add(scoredNow: shadows.Count);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // The evidence is not worth a retry: the next slates bring more of it.
                logger.LogWarning(e, "Failed to score {Count} slates with the shadow model, or to store the scores.", shadows.Count);
                counts.Add(failedNow: Math.Max(1, shadows.Count));
            }
        }
    }

    /// <summary>How the shadow scores a slate; null where it has just been removed, and for slates whose propensities under another model do
    /// not follow from the record.</summary>
    SlateShadow? Score(LoggedSlate logged)
    {
        if (logged.Impression.Constrained || logged.Impression.Items.Count == 0 || models.Shadow.TryLease() is not { } lease)
        {
            return null;
        }

        using (lease)
        {
            var (model, slate) = (lease.Model, logged.Impression);
            var started = clock.GetTimestamp();
            using var candidates = new Candidates(model, model.Index!, logged.Known, slate.ServedAt, options.DislikeStrength);
            var (scores, _) = candidates.Score(candidates.History.IsEmpty ? Recommenders.Popularity : Recommenders.Sasrec);
            var own = PlackettLuceSlate.Draw(scores, candidates.Eligible, slate.Items.Count, ExplorationPolicy.Greedy, seed: 0);
            var highest = own.Items.Select(item => candidates.Items.IdOf(item.Item)).ToHashSet(StringComparer.Ordinal);
            return new SlateShadow(
                model.Version,
                Propensity.OfSlate(Counterfactual.Rescored(slate, model.Items, scores, candidates.Eligible)),
                slate.Items.Count(item => highest.Contains(item.ItemId)) / (double)slate.Items.Count,
                clock.GetElapsedTime(started).TotalMilliseconds);
        }
    }
}
