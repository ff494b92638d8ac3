using System.Text.Json;
using Azure;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Models;
using SasRec.Storage.Training;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Insights;

/// <summary>Reads the ledger of served slates, hour after hour, in bounded memory.</summary>
/// <param name="storage">The account.</param>
/// <param name="terminal">The clock.</param>
sealed class LedgerReader(StorageConnection storage, Terminal terminal)
{
    static readonly TimeSpan Span = TimeSpan.FromDays(28);

    readonly ImpressionLog impressions = new(storage);
    readonly SnapshotStore snapshots = new(storage);
    readonly InsightsLog log = new(storage);

    /// <summary>The report of every slate of a window that ends now; what users do beside it as far as the training snapshot knows.</summary>
    /// <param name="span">The window's length.</param>
    /// <param name="placement">The only placement; null for all.</param>
    /// <param name="options">How slates are joined and judged.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<InsightsReport> ReadAsync(
        TimeSpan span, string? placement, LedgerOptions options, CancellationToken cancellation)
    {
        var to = terminal.Time.GetUtcNow();
        var from = to - span;
        var builder = new InsightsBuilder(options, to);
        await foreach (var slate in impressions.ScanSlatesAsync(from, to, cancellation))
        {
            if (placement is null || slate.Impression.Placement == placement)
            {
                builder.Add(slate);
            }
        }

        var registry = new ModelRegistry(storage);
        int? catalogue = await registry.CurrentAsync(cancellation) is { } current
            ? (await registry.GetAsync(current.Pointer.Version, cancellation)).Data.Items
            : null;
        return builder.Build(from, to, placement, catalogue) with
        {
            Activity = await ActivityAsync(from, to, options.Meanings, cancellation),
            Runs = await log.HistoryAsync(100, cancellation),
        };
    }

    /// <summary>Writes the report of a run beside the run. A run that did all else is no failure for want of a report.</summary>
    /// <param name="run">The run.</param>
    /// <param name="options">How slates are joined and judged.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>Whether it was written.</returns>
    public async Task<bool> RecordAsync(RunRecord run, LedgerOptions options, CancellationToken cancellation)
    {
        try
        {
            await log.SaveAsync(run.RunId, run.ModelVersion, await ReadAsync(Span, null, options, cancellation), cancellation);
            return true;
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException or InvalidDataException or JsonException)
        {
            terminal.Say($"The report on the served slates could not be written: {e.Message.Split('\n')[0]}");
            return false;
        }
    }

    async Task<Activity> ActivityAsync(DateTimeOffset from, DateTimeOffset to, EventMeanings meanings, CancellationToken cancellation)
    {
        const int Step = 1_000;
        var (tally, snapshot) = (new ActivityTally(from, to, meanings), await snapshots.CurrentAsync(cancellation));
        return await terminal.MeterAsync("Reading what users did", snapshot.Interactions, "interactions", async meter =>
        {
            // All of a user stands in one bucket, so users are told apart bucket by bucket.
            var (users, ofBucket, read) = (0, new HashSet<string>(StringComparer.Ordinal), 0L);
            for (var bucket = 0; bucket < UserBuckets.Count; bucket++)
            {
                ofBucket.Clear();
                await foreach (var interaction in snapshots.ReadBucketAsync(snapshot, bucket, cancellation))
                {
                    tally.Add(interaction);
                    ofBucket.Add(interaction.UserId);
                    if (++read % Step == 0)
                    {
                        meter.Add(Step);
                    }
                }

                users += ofBucket.Count;
            }

            return tally.Build("every user", users);
        });
    }
}
