using SasRec.Storage;
using SasRec.Storage.Training;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.ReadLog;

/// <summary>The training snapshot as it is to be read now.</summary>
static class SettledSnapshot
{
    /// <summary>Takes what is new into the snapshot; where a retrain run is at work, which does the same, the snapshot as it is.</summary>
    /// <param name="storage">The account.</param>
    /// <param name="terminal">Told where the newest interactions are not in it.</param>
    /// <param name="cancellation">Ends the call.</param>
    public static async Task<Snapshot> ReadAsync(StorageConnection storage, Terminal terminal, CancellationToken cancellation)
    {
        var snapshots = new SnapshotStore(storage);
        await using var right = await SingleFlight.TryAcquireAsync(storage, Names.RetrainLease, cancellation);
        if (right is not null)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, right.Lost);
            return await snapshots.UpdateAsync(trains: false, either.Token);
        }

        var known = await snapshots.CurrentAsync(cancellation);
        terminal.Say($"A retrain run is at work: what came after {known.Watermark.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC is left out.");
        return known;
    }

    /// <summary>How many interactions a snapshot has in a bucket; one that was appended twice may count twice.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="bucket">The bucket.</param>
    public static long CountOf(this Snapshot snapshot, int bucket) => snapshot.Segments.Sum(segment => (long)segment.Blocks[bucket].Interactions);
}
