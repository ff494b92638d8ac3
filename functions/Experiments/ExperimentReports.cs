using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Experiments;
using SasRec.Functions.Insights;
using SasRec.Functions.StorageAccount;
using SasRec.Storage.Experiments;
using SasRec.Storage.Log;

namespace SasRec.Functions.Experiments;

/// <summary>Reads the ledger of experiments, once at a time for each, and caches each report for a while.</summary>
/// <remarks>
/// The slates are read in the order of serving and each is let go at once: memory holds the users' outcomes. Where the time runs out, the report is
/// that of the moment up to which the ledger was read: who was served first is known, and whose window had passed by then counts. So such a
/// report is early, and not wrong.
/// </remarks>
sealed class ExperimentReports(
    ExperimentOptions options,
    InsightsOptions insights,
    EventMeanings meanings,
    [FromKeyedServices(StorageServices.Background)] ImpressionLog impressions,
    TimeProvider clock)
{
    readonly Lock gate = new();
    readonly Dictionary<(string Id, int Version), Task<(ExperimentReport Report, long DoneAt)>> kept = [];

    /// <summary>The report of an experiment that has started.</summary>
    public async Task<ExperimentReport> ReportAsync(StoredExperiment stored)
    {
        Task<(ExperimentReport Report, long DoneAt)> report;
        lock (gate)
        {
            foreach (var old in kept.Where(k => !IsFresh(k.Value)).Select(k => k.Key).ToArray())
            {
                kept.Remove(old);
            }

            var key = (stored.Experiment.Id, stored.Version);
            if (!kept.TryGetValue(key, out report!))
            {
                kept[key] = report = Task.Run(async () => (await MakeAsync(stored), clock.GetTimestamp()));
            }
        }

        return (await report).Report;
    }

    bool IsFresh(Task<(ExperimentReport Report, long DoneAt)> report) =>
        !report.IsCompleted || (report.IsCompletedSuccessfully && clock.GetElapsedTime(report.Result.DoneAt) < options.KeepFor);

    async Task<ExperimentReport> MakeAsync(StoredExperiment stored)
    {
        using var limit = new CancellationTokenSource(options.Timeout, clock);
        var tally = new ExperimentTally(stored.Experiment, Ledger(), options.MaxUsers);
        var from = stored.StartedAt!.Value;

        // Who was first served before the end is followed to the end of their window.
        var now = clock.GetUtcNow();
        var until = stored.StoppedAt ?? now;
        var read = from;
        try
        {
            await foreach (var slate in impressions.ScanSlatesAsync(from - InteractionRules.ClockSkew, until + InteractionRules.ClockSkew, limit.Token))
            {
                tally.Add(slate);
                read = slate.Impression.ServedAt;
            }
        }
        catch (Exception) when (limit.IsCancellationRequested)
        {
            return tally.Build(read, complete: false);
        }

        return tally.Build(now);
    }

    LedgerOptions Ledger() => insights.Ledger(meanings);
}
