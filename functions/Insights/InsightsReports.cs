using SasRec.Core.Evaluate.Insights;
using SasRec.Functions.Serve;
using SasRec.Storage.Log;
using SasRec.Storage.Training;

namespace SasRec.Functions.Insights;

/// <summary>Makes reports, one at a time for each question, and gives each again for a while.</summary>
/// <remarks>
/// The work of a report is bounded by the slates that it looks at. It does not end with the request that asked for it, since others
/// may wait for the same, but with its own patience.
/// </remarks>
sealed class InsightsReports(
    InsightsOptions options,
    ImpressionLog impressions,
    SampledActivity activity,
    InsightsLog runs,
    ModelHolder models,
    TimeProvider clock)
{
    const int MaxKept = 16;

    // How many runs' figures a report carries.
    const int Runs = 100;

    readonly Lock gate = new();
    readonly Dictionary<InsightsWindow, (Task<InsightsReport> Report, long At)> kept = [];

    public Task<InsightsReport> ReportAsync(InsightsWindow window)
    {
        lock (gate)
        {
            if (kept.TryGetValue(window, out var found)
                && (!found.Report.IsCompleted || (found.Report.IsCompletedSuccessfully && clock.GetElapsedTime(found.At) < options.KeepFor)))
            {
                return found.Report;
            }

            if (kept.Count >= MaxKept)
            {
                kept.Remove(kept.MinBy(k => k.Value.At).Key);
            }

            // The lock is not held while the report is made, not even for its first steps.
            var report = Task.Run(() => MakeInTimeAsync(window));
            kept[window] = (report, clock.GetTimestamp());
            return report;
        }
    }

    async Task<InsightsReport> MakeInTimeAsync(InsightsWindow window)
    {
        using var patience = new CancellationTokenSource(options.Patience, clock);
        try
        {
            return await MakeAsync(window, patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new TimeoutException($"It was not done within {options.Patience.TotalSeconds} s; ask for a shorter window.");
        }
    }

    async Task<InsightsReport> MakeAsync(InsightsWindow window, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var (from, to) = window.Resolve(now, options.Span);
        var newest = await impressions.NewestSlatesAsync(from, to, options.Slates, cancellation);
        var slates = newest.Slates.Where(s => window.Placement is null || s.Impression.Placement == window.Placement).ToArray();
        var builder = new InsightsBuilder(options.Ledger(), now);
        foreach (var slate in slates)
        {
            cancellation.ThrowIfCancellationRequested();
            builder.Add(slate);
        }

        using var lease = await models.LeaseAsync(cancellation);
        var report = builder.Build(
            from, to, window.Placement, lease?.Model.ItemCount, new LookedAt(newest.Slates.Count, options.Slates, newest.Complete));
        return report with
        {
            Activity = await activity.OfAsync(slates, from, to, cancellation),
            Runs = await runs.HistoryAsync(Runs, cancellation),
        };
    }
}
