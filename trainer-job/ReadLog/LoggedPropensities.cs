using System.Collections.Concurrent;
using SasRec.Storage.Log;

namespace SasRec.Trainer.ReadLog;

/// <summary>The propensities that were logged with the slates that users acted on.</summary>
/// <param name="impressions">The slates.</param>
/// <param name="parallelism">How many are read at a time.</param>
sealed class LoggedPropensities(ImpressionLog impressions, int parallelism)
{
    /// <summary>By recommendation id and item id; slates that were not logged, that a client made up, or whose seed it
    /// chose, are not in it.</summary>
    /// <param name="recommendationIds">The slates to find: one point read each, so that what a client sends cannot cost a scan.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<IReadOnlyDictionary<(string RecommendationId, string ItemId), double>> OfAsync(
        IReadOnlySet<string> recommendationIds, CancellationToken cancellation)
    {
        var found = new ConcurrentDictionary<(string, string), double>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation };
        await Parallel.ForEachAsync(recommendationIds, options, async (id, token) =>
        {
            if (await impressions.GetAsync(id, token) is { Seeded: false } impression)
            {
                foreach (var item in impression.Items)
                {
                    found[(id, item.ItemId)] = item.Propensity;
                }
            }
        });
        return found;
    }
}
