using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Functions.StorageAccount;
using SasRec.Storage.Log;

namespace SasRec.Functions.Insights;

/// <summary>How much of what users do comes through slates, from the histories of some users who were served.</summary>
sealed class SampledActivity(
    InsightsOptions options, EventMeanings meanings, [FromKeyedServices(StorageServices.Background)] InteractionLog log)
{
    const int Parallel = 16;
    const int NewestOfUser = 1000;

    /// <summary>Reads the newest of every n-th user's history; null where no user was served.</summary>
    public async Task<Activity?> OfAsync(
        IReadOnlyList<ServedSlate> slates, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        string[] users = [.. slates.Select(s => s.Impression.UserId).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        var sampled = Math.Min(options.SampledUsers, users.Length);
        if (sampled == 0)
        {
            return null;
        }

        var tally = new ActivityTally(from, to, meanings);
        var chosen = Enumerable.Range(0, sampled).Select(i => users[(int)((long)i * users.Length / sampled)]);
        foreach (var part in chosen.Chunk(Parallel))
        {
            foreach (var history in await Task.WhenAll(part.Select(user => log.NewestAsync(user, NewestOfUser, cancellation))))
            {
                foreach (var interaction in history)
                {
                    tally.Add(interaction);
                }
            }
        }

        return tally.Build(sampled == users.Length ? "every user who was served" : "a sample of users who were served", sampled);
    }
}
