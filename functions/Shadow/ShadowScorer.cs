using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Functions.Items;
using SasRec.Functions.Serve;
using SasRec.Storage.Log;

namespace SasRec.Functions.Shadow;

/// <summary>Asks the shadow about every slate that was logged, after its answer has left.</summary>
/// <remarks>
/// One worker takes slates out of a bounded queue; where it is full, slates are passed over and counted, so that a slow shadow costs no
/// request anything. It gets the history and the filters of the request itself: nothing is rebuilt or assumed.
/// </remarks>
sealed class ShadowScorer(
    ShadowHolder holder, CatalogueHolder catalogue, SlateShadows log, TimeProvider clock, ILogger<ShadowScorer> logger) : BackgroundService
{
    // What a queue of this length holds of histories and lists is what the requests held.
    const int MostWaiting = 256;
    const int MostTogether = 50;

    readonly Channel<Asked> waiting = Channel.CreateBounded<Asked>(new BoundedChannelOptions(MostWaiting)
    {
        SingleReader = true,
        FullMode = BoundedChannelFullMode.Wait, // TryWrite says no at once.
    });

    /// <summary>Hands over a slate; returns at once.</summary>
    public void Offer(Impression slate, RecommendationRequest request, IReadOnlyList<string> history)
    {
        if (holder.Loaded && !waiting.Writer.TryWrite(new Asked(slate, request, history)))
        {
            holder.Count(droppedNow: 1);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            var shadows = new Dictionary<string, SlateShadow>(StringComparer.Ordinal);
            try
            {
                while (shadows.Count < MostTogether && waiting.Reader.TryRead(out var asked))
                {
                    if (Score(asked) is { } shadow)
                    {
                        shadows[asked.Slate.RecommendationId] = shadow;
                    }
                }

                await log.AppendAsync(shadows, stoppingToken);
                holder.Count(scoredNow: shadows.Count);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // A shadow's evidence is worth no request and no retry: the next slates bring more of it.
                logger.LogWarning(e, "What the shadow made of {Count} slates is lost.", shadows.Count);
                holder.Count(failedNow: Math.Max(1, shadows.Count));
            }
        }
    }

    /// <summary>What the shadow makes of a slate; null where it has just been let go.</summary>
    SlateShadow? Score(Asked asked)
    {
        if (holder.Lease() is not { } lease)
        {
            return null;
        }

        using (lease)
        {
            var model = lease.Model;
            if (catalogue.IndexFor(model) is not { } items)
            {
                return null;
            }

            var started = clock.GetTimestamp();
            var candidates = new Candidates(items);
            candidates.Filter(asked.Request, asked.History, asked.Slate.ServedAt);
            var buffers = model.Rent();
            try
            {
                var length = candidates.Tokens(asked.History, buffers.Tokens);
                var scores = model.Score(length > 0 ? Sources.Sasrec : Sources.Popularity, buffers, length);
                var (slate, slots) = (asked.Slate, asked.Slate.Items.Count);
                var own = PlackettLuceSlate.Draw(scores, candidates.Eligible, slots, ExplorationPolicy.Greedy, seed: 0);
                var highest = own.Items.Select(item => items.IdOf(item.Item)).ToHashSet(StringComparer.Ordinal);
                var target = Propensity.OfSlate(Counterfactual.Rescored(slate, model.Catalogue.Items, scores, candidates.Eligible));
                return new SlateShadow(
                    model.Version,
                    target,
                    slate.Items.Count(item => highest.Contains(item.ItemId)) / (double)slots,
                    clock.GetElapsedTime(started).TotalMilliseconds);
            }
            finally
            {
                model.Return(buffers);
            }
        }
    }

    sealed record Asked(Impression Slate, RecommendationRequest Request, IReadOnlyList<string> History);
}
