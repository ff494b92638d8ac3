using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using SasRec.Core.Evaluate.Insights;

namespace SasRec.Storage.Training;

/// <summary>What the ledger of slates said after each retrain run: the whole report, and a few figures of all runs in one place.</summary>
public sealed class InsightsLog(StorageConnection storage)
{
    // More than a year of daily runs, in about 100 KiB.
    const int MaxRemembered = 500;

    readonly BlobContainerClient training = storage.Container(Names.TrainingContainer);

    /// <summary>Writes a run's report, and its figures behind those of the runs before.</summary>
    /// <remarks>For the one run at a time that holds the retrain lease: the history is read, extended and written.</remarks>
    /// <param name="runId">The run.</param>
    /// <param name="modelVersion">The model that it published; null for none.</param>
    /// <param name="report">What the ledger says.</param>
    /// <param name="cancellation">Ends the call; writing the same again is safe.</param>
    public async Task SaveAsync(string runId, string? modelVersion, InsightsReport report, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(runId);
        ArgumentNullException.ThrowIfNull(report);
        var history = await HistoryAsync(MaxRemembered, cancellation);
        var json = JsonSerializer.SerializeToUtf8Bytes(report, TrainingJson.Indented.InsightsReport);
        await training.GetBlobClient(BlobOf(runId)).UploadAsync(new BinaryData(json), overwrite: true, cancellation);
        List<RunFigures> longer = [.. history.Where(r => r.RunId != runId), Figures(runId, modelVersion, report)];
        var figures = JsonSerializer.SerializeToUtf8Bytes(longer[^Math.Min(longer.Count, MaxRemembered)..], TrainingJson.Compact.ListRunFigures);
        await training.GetBlobClient(Names.TrainingBlobs.InsightsHistory).UploadAsync(new BinaryData(figures), overwrite: true, cancellation);
    }

    /// <summary>The report of a run; null where there is none.</summary>
    public async Task<InsightsReport?> GetAsync(string runId, CancellationToken cancellation = default) =>
        await DownloadAsync(BlobOf(runId), cancellation) is { } json
            ? JsonSerializer.Deserialize(json, TrainingJson.Compact.InsightsReport)
            : null;

    /// <summary>The figures of the newest runs, the oldest first.</summary>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<IReadOnlyList<RunFigures>> HistoryAsync(int count, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var all = await DownloadAsync(Names.TrainingBlobs.InsightsHistory, cancellation) is { } json
            ? JsonSerializer.Deserialize(json, TrainingJson.Compact.ListRunFigures)!
            : [];
        return all[^Math.Min(all.Count, count)..];
    }

    static RunFigures Figures(string runId, string? modelVersion, InsightsReport report)
    {
        var days = report.Activity?.Days ?? [];
        var all = days.Sum(d => d.Interactions);
        return new RunFigures(
            runId,
            report.AsOf,
            modelVersion,
            report.Slates.Counted,
            report.Total.Plain,
            report.Total.PlainLow,
            report.Total.PlainHigh,
            report.Spread.Coverage,
            report.Spread.Gini,
            report.Spread.Discoverable,
            all == 0 ? null : days.Sum(d => d.ThroughSlates) / (double)all,
            report.Calibrations.MaxBy(c => c.TestedOn)?.ExpectedError);
    }

    async Task<BinaryData?> DownloadAsync(string blob, CancellationToken cancellation)
    {
        try
        {
            return (await training.GetBlobClient(blob).DownloadContentAsync(cancellation)).Value.Content;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    static string BlobOf(string runId) => $"{Names.TrainingBlobs.Insights}{runId}.json";
}
