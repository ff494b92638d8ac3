using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;

namespace SasRec.Storage.Training;

/// <summary>The records of retrain runs.</summary>
public sealed class RunLog(StorageConnection storage)
{
    readonly BlobContainerClient training = storage.Container(Names.TrainingContainer);

    /// <summary>An id for a run that starts now.</summary>
    public string NewId() =>
        string.Create(CultureInfo.InvariantCulture, $"{storage.Time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}-{Guid.NewGuid().ToString("N")[..8]}");

    /// <summary>Whether a text is as <see cref="NewId"/> makes ids: letters, digits and dashes.</summary>
    public static bool IsId(string text) =>
        text is { Length: > 0 and <= 64 } && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>Writes a run's record, over the one that it wrote before.</summary>
    public async Task SaveAsync(RunRecord run, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        var json = JsonSerializer.SerializeToUtf8Bytes(run, TrainingJson.Indented.RunRecord);
        await training.GetBlobClient(BlobOf(run.RunId)).UploadAsync(new BinaryData(json), overwrite: true, cancellation);
    }

    /// <summary>One run; null where there is none of this id.</summary>
    public async Task<RunRecord?> GetAsync(string runId, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(runId);
        try
        {
            var response = await training.GetBlobClient(BlobOf(runId)).DownloadContentAsync(cancellation);
            return JsonSerializer.Deserialize(response.Value.Content, TrainingJson.Compact.RunRecord);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>The newest runs, newest first.</summary>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<IReadOnlyList<RunRecord>> ListAsync(int count = 20, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var newest = (await IdsAsync(cancellation)).Take(count);
        var runs = await Task.WhenAll(newest.Select(id => GetAsync(id, cancellation)));
        return [.. runs.OfType<RunRecord>()];
    }

    /// <summary>The same runs as they stand: one that was killed, which its record cannot say, has <see cref="RunOutcome.Died"/>.</summary>
    /// <remarks>A run writes its record while it alone holds the right to train. So it is no more where nobody holds that, which is at
    /// most a minute after it was killed, or where a newer run has a record.</remarks>
    /// <param name="runs">Runs of this log.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<IReadOnlyList<RunRecord>> StandingAsync(IReadOnlyList<RunRecord> runs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.All(run => run.Outcome != RunOutcome.Running))
        {
            return runs;
        }

        var newest = (await IdsAsync(cancellation)).FirstOrDefault();
        var held = await SingleFlight.IsHeldAsync(storage, Names.RetrainLease, cancellation);
        return await Task.WhenAll(runs.Select(async run =>
        {
            if (run.Outcome != RunOutcome.Running || (held && run.RunId == newest))
            {
                return run;
            }

            // It may have ended, and given its right back, since its record was read.
            var now = await GetAsync(run.RunId, cancellation) ?? run;
            return now.Outcome != RunOutcome.Running ? now : now with
            {
                Outcome = RunOutcome.Died,
                FinishedAt = now.Progress?.At ?? now.StartedAt,
                Error = "It ended without a record: its process was killed, or its machine was lost. The next run continues from its checkpoint, if there is one.",
            };
        }));
    }

    async Task<IEnumerable<string>> IdsAsync(CancellationToken cancellation)
    {
        var ids = new List<string>();
        await foreach (var blob in training.GetBlobsAsync(new() { Prefix = Names.TrainingBlobs.Runs }, cancellation))
        {
            ids.Add(Path.GetFileNameWithoutExtension(blob.Name));
        }

        return ids.OrderDescending(StringComparer.Ordinal);
    }

    static string BlobOf(string runId) => $"{Names.TrainingBlobs.Runs}{runId}.json";
}
