using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Publish;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Run;

/// <summary>Lets the network that serves go on serving with all that stands beside it counted anew: item pairs, popularity with its prior,
/// and the response model. It is a version of its own, so that it can be rolled back like any other.</summary>
/// <remarks>The strengths of pairs and prior stay as the network's own training chose them, on validation. The response model has a test of
/// its own, on slates held out (<see cref="SasRec.Core.Response.ResponseChoice"/>). What it is worth: <c>./bench refresh</c>.</remarks>
/// <param name="registry">Where models are stored.</param>
/// <param name="log">What was served.</param>
/// <param name="folder">The folder for the champion's files.</param>
sealed class ModelRefresh(ModelRegistry registry, LoggedResponses log, string folder)
{
    /// <summary>Publishes the champion with what stands beside it anew, and lets it serve.</summary>
    /// <param name="champion">The model that serves.</param>
    /// <param name="data">The log.</param>
    /// <param name="runId">The run, as the history of the pointer names it.</param>
    /// <param name="traceParent">The run's trace; null for none.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The new version; null where something else trained the network: its bias is not ours to move.</returns>
    public async Task<ModelManifest?> RefreshAsync(
        ModelManifest champion, InteractionDataset data, string runId, string? traceParent, CancellationToken cancellation)
    {
        if (!champion.Files.ContainsKey(Names.ModelBlobs.Weights))
        {
            return null;
        }

        var files = new ModelFolder(Path.Combine(folder, champion.Version + "-refreshed"));
        await registry.DownloadAsync(champion.Version, files.Path, cancellation: cancellation);
        var items = (await files.ReadItemsAsync(cancellation)).Items;
        var before = files.ReadResponse();
        var logged = await log.ReadAsync(items, cancellation);
        var fitting = ResponseFitting.Of(logged, items.Count, () => logged.NetworkScale(champion.Version, before));
        var anew = CountedAnew.Of(champion, files, items, data.Items, data.Sequences, cancellation);

        // Two histories are enough to hold the export to the network, which has been held to it before.
        ReadOnlyMemory<int>[] probes = [new[] { 0 }, new[] { items.Count - 1, 0 }];
        await files.WriteAsync(fitting.AddedTo(anew.Weights), anew.Items, probes, cancellation);
        files.WriteNeighbours(anew.Neighbours);
        files.WriteResponse(fitting.Served);
        var counted = Manifests.RangeOf(data);
        var manifest = champion with
        {
            Version = "",
            CreatedAt = default,
            ParentVersion = champion.Version,
            NetworkVersion = champion.NetworkVersion ?? champion.Version,
            Counted = counted,
            Response = fitting.Summary,
            TraceParent = traceParent,
            Verdict = new GateVerdict(
                true,
                [
                    FormattableString.Invariant($"The network of {champion.Version}, which serves; item pairs and popularity are counted anew, on {counted.Events:N0} interactions."),
                    fitting.Summary.Reason,
                ],
                new Dictionary<string, double>()),
        };
        var published = await registry.PublishAsync(manifest, files.Files, cancellation);
        await registry.ReplaceAsync(published.Version, champion.Version, "trainer", $"run {runId}: {champion.Version} refreshed", cancellation);
        return published;
    }
}
