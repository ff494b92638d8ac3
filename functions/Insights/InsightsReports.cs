using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Functions.Inference;
using SasRec.Functions.StorageAccount;
using SasRec.Storage.Log;
using SasRec.Storage.Training;

namespace SasRec.Functions.Insights;

/// <summary>Builds reports, one at a time for each window, and caches each for a while.</summary>
/// <remarks>
/// The work of a report is bounded by the slates that it looks at. It does not end with the request that asked for it, since others
/// may wait for the same, but with its own limit.
/// </remarks>
sealed class InsightsReports(
    InsightsOptions options,
    EventMeanings meanings,
    [FromKeyedServices(StorageServices.Background)] ImpressionLog impressions,
    SampledActivity activity,
    InsightsLog runs,
    ModelSlots models,
    TimeProvider clock)
{
    const int MaxKept = 16;

    // How many runs' figures a report carries.
    const int Runs = 100;

    readonly Lock gate = new();
    readonly Dictionary<InsightsWindow, Task<(InsightsReport Report, long DoneAt)>> kept = [];

    public async Task<InsightsReport> ReportAsync(InsightsWindow window)
    {
        Task<(InsightsReport Report, long DoneAt)> report;
        lock (gate)
        {
            foreach (var old in kept.Where(k => !IsFresh(k.Value)).Select(k => k.Key).ToArray())
            {
                kept.Remove(old);
            }

            if (!kept.TryGetValue(window, out report!))
            {
                if (kept.Count >= MaxKept)
                {
                    kept.Remove(kept.Keys.First());
                }

                // The lock is not held while the report is made, not even for its first steps.
                kept[window] = report = Task.Run(() => MakeInTimeAsync(window));
            }
        }

        return (await report).Report;
    }

    // A report that took long is kept as long as one that did not: its time begins when it is done.
    bool IsFresh(Task<(InsightsReport Report, long DoneAt)> report) =>
        !report.IsCompleted || (report.IsCompletedSuccessfully && clock.GetElapsedTime(report.Result.DoneAt) < options.KeepFor);

    async Task<(InsightsReport Report, long DoneAt)> MakeInTimeAsync(InsightsWindow window)
    {
        using var limit = new CancellationTokenSource(options.Timeout, clock);
        try
        {
            return (await MakeAsync(window, limit.Token), clock.GetTimestamp());
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"The report exceeded its time limit, Insights__Timeout, of {options.Timeout.TotalSeconds} s; ask for a shorter window.");
        }
    }

    async Task<InsightsReport> MakeAsync(InsightsWindow window, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var (from, to) = window.Resolve(now, options.Span);
        var newest = await impressions.NewestSlatesAsync(from, to, options.Slates, cancellation);
        var slates = newest.Slates.Where(s => window.Placement is null || s.Impression.Placement == window.Placement).ToArray();
        var builder = new InsightsBuilder(options.Ledger(meanings), now);
        foreach (var slate in slates)
        {
            cancellation.ThrowIfCancellationRequested();
            builder.Add(slate);
        }

        using var lease = await models.Current.LeaseAsync(cancellation);
        var report = builder.Build(
            from, to, window.Placement, lease?.Model.ItemCount, new LookedAt(newest.Slates.Count, options.Slates, newest.Complete));
        return report with
        {
            Activity = await activity.OfAsync(slates, from, to, cancellation),
            Runs = await runs.HistoryAsync(Runs, cancellation),
        };
    }
}
