using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Events;
using SasRec.Core.Experiments;
using SasRec.Functions.Insights;
using SasRec.Functions.StorageAccount;
using SasRec.Storage.Experiments;
using SasRec.Storage.Log;

namespace SasRec.Functions.Experiments;

/// <summary>Reads the ledger of experiments, once at a time for each, and caches each report for a while.</summary>
sealed class ExperimentReports(
    ExperimentOptions options,
    InsightsOptions insights,
    EventMeanings meanings,
    [FromKeyedServices(StorageServices.Background)] ImpressionLog impressions,
    TimeProvider clock)
{
    readonly ExperimentLedger ledger = new(impressions);
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
        return await ledger.ReadAsync(stored, insights.Ledger(meanings), options.MaxUsers, clock.GetUtcNow(), limit.Token);
    }
}
