using System.Diagnostics;
using SasRec.Core.Events;
using SasRec.Core.Sequences;
using SasRec.Functions.Items;
using SasRec.Storage.Log;

namespace SasRec.Functions.Inference;

/// <summary>What stands in for a model where none can serve: the items of the log by how often they were acted on.</summary>
/// <remarks>The log is read whole, up to a bound, so it is counted anew only now and then: a reading takes a twentieth of the time at most.</remarks>
sealed class PopularItems(InteractionLog log, EventMeanings meanings, CatalogueHolder catalogue)
{
    const int MaxCounted = 200_000;
    static readonly TimeSpan MinRest = TimeSpan.FromSeconds(5);
    const int Rest = 20;

    long countedAt;
    TimeSpan rest;

    /// <summary>The stand-in as the log is now; null where it was counted a moment ago, or where nobody has acted on anything.</summary>
    public async Task<LoadedModel?> CountAsync(CancellationToken cancellation)
    {
        if (countedAt != 0 && Stopwatch.GetElapsedTime(countedAt) < rest)
        {
            return null;
        }

        var began = Stopwatch.GetTimestamp();
        var actions = new List<(string ItemId, DateTimeOffset At)>();
        await foreach (var interaction in log.ScanAsync(cancellation).Take(MaxCounted).WithCancellation(cancellation))
        {
            if (meanings.Of(interaction).Feedback == Feedback.Positive)
            {
                actions.Add((interaction.ItemId, interaction.Timestamp));
            }
        }

        var took = Stopwatch.GetElapsedTime(began);
        (countedAt, rest) = (Stopwatch.GetTimestamp(), took * Rest > MinRest ? took * Rest : MinRest);
        return actions.Count == 0 ? null : LoadedModel.OfPopularity(Counted(actions), catalogue.ViewFor);
    }

    static ModelItems Counted(List<(string ItemId, DateTimeOffset At)> actions)
    {
        var recentFrom = actions.Max(action => action.At) - ModelItems.RecentSpan;
        var items = actions.GroupBy(action => action.ItemId, StringComparer.Ordinal).OrderBy(item => item.Key, StringComparer.Ordinal).ToArray();
        return new ModelItems(
            new ItemVocabulary([.. items.Select(item => item.Key)]),
            [.. items.Select(item => item.Count())],
            [.. items.Select(item => item.Count(action => action.At >= recentFrom))]);
    }
}
