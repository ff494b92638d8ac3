using SasRec.Core.Response;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Publish;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Run;

/// <summary>Lets the champion learn from what it showed where the gate keeps it: the same network with a new response model, as a version of its
/// own, so that it can be rolled back like any other.</summary>
/// <remarks>The response model has a test of its own, on slates held out (<see cref="ResponseChoice"/>); the network is the one that serves.</remarks>
/// <param name="registry">Where models are stored.</param>
/// <param name="log">What was served.</param>
/// <param name="folder">The folder for the champion's files.</param>
sealed class ResponseRefresh(ModelRegistry registry, LoggedResponses log, string folder)
{
    /// <summary>Publishes the champion with a new response model, and lets it serve.</summary>
    /// <param name="champion">The model that serves.</param>
    /// <param name="runId">The run, as the history of the pointer names it.</param>
    /// <param name="traceParent">The run's trace; null for none.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The new version; null where neither the new nor the old response model takes part in the scores.</returns>
    public async Task<ModelManifest?> RefreshAsync(
        ModelManifest champion, string runId, string? traceParent, CancellationToken cancellation)
    {
        if (!champion.Files.ContainsKey(Names.ModelBlobs.Weights))
        {
            // Something else trained it: its bias is not ours to move.
            return null;
        }

        var files = new ModelFolder(Path.Combine(folder, champion.Version + "-refreshed"));
        await registry.DownloadAsync(champion.Version, files.Path, cancellation: cancellation);
        var (catalogue, before) = (await files.ReadItemsAsync(cancellation), files.ReadResponse());
        var logged = await log.ReadAsync(catalogue.Items, cancellation);
        var fitting = ResponseFitting.Of(logged, catalogue.Items.Count, () => logged.NetworkScale(champion.Version, before));
        if (fitting.Served?.Terms() is null && before?.Terms() is null)
        {
            return null;
        }

        // Two histories are enough to hold the export to the network, which has been held to it before.
        ReadOnlyMemory<int>[] probes = [new[] { 0 }, new[] { catalogue.Items.Count - 1, 0 }];
        await files.WriteAsync(fitting.AddedTo(files.ReadWeights(), before), catalogue, probes, cancellation);
        files.WriteResponse(fitting.Served);
        var manifest = champion with
        {
            Version = "",
            CreatedAt = default,
            ParentVersion = champion.Version,
            NetworkVersion = champion.NetworkVersion ?? champion.Version,
            Response = fitting.Summary,
            TraceParent = traceParent,
            Verdict = new GateVerdict(
                true,
                [$"The network of {champion.Version}, which serves, with a new response model.", fitting.Summary.Reason],
                new Dictionary<string, double>()),
        };
        var published = await registry.PublishAsync(manifest, files.Files, cancellation);
        await registry.ReplaceAsync(
            published.Version, champion.Version, "trainer", $"run {runId}: the response model of {champion.Version} anew", cancellation);
        return published;
    }
}
