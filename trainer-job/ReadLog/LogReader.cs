using SasRec.Core.Events;
using SasRec.Core.Sequences;
using SasRec.Storage.Log;
using SasRec.Storage.Training;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.ReadLog;

/// <summary>Reads the interaction log as training sees it: what is new goes into the snapshot, the snapshot becomes a dataset.</summary>
/// <param name="snapshots">The snapshot.</param>
/// <param name="propensities">Asked where interactions are weighed.</param>
/// <param name="meanings">What events mean.</param>
/// <param name="terminal">Where progress is shown.</param>
sealed class LogReader(SnapshotStore snapshots, LoggedPropensities propensities, EventMeanings meanings, Terminal terminal)
{
    /// <summary>Takes what is new into the snapshot and reads all of it.</summary>
    /// <param name="options">What is left out.</param>
    /// <param name="trains">Whether a training reads it, to which nothing is new from then on.</param>
    /// <param name="cancellation">Ends the reading; the snapshot is then as it was, or whole.</param>
    public async Task<InteractionDataset> ReadAsync(DatasetOptions options, bool trains, CancellationToken cancellation) =>
        await ReadAsync(await snapshots.UpdateAsync(trains, cancellation), options, cancellation);

    /// <summary>Reads all of a snapshot.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="options">What is left out.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public Task<InteractionDataset> ReadAsync(Snapshot snapshot, DatasetOptions options, CancellationToken cancellation) =>
        terminal.MeterAsync("Reading the log", snapshot.Interactions, "interactions", async meter =>
        {
            const int Step = 1_000;
            var builder = new InteractionDatasetBuilder(meanings);
            for (var bucket = 0; bucket < UserBuckets.Count; bucket++)
            {
                await foreach (var interaction in snapshots.ReadBucketAsync(snapshot, bucket, cancellation))
                {
                    builder.Add(interaction);
                    if (builder.Count % Step == 0)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        meter.Add(Step);
                    }
                }

                builder.EndUsers(cancellation);
            }

            return builder.Build(
                options,
                options.MaxWeight is null ? null : await propensities.OfAsync(builder.RecommendationIds, cancellation),
                cancellation);
        });
}
