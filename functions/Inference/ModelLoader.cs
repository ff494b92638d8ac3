using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using SasRec.Functions.Items;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Inference;

/// <summary>Downloads, verifies and warms models of the registry.</summary>
/// <param name="whose">Whose models, for the log.</param>
/// <param name="cache">Where their files stay.</param>
/// <param name="registry">Where they come from.</param>
/// <param name="catalogue">What their items are joined with.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">The log.</param>
sealed class ModelLoader(string whose, ModelCache cache, ModelRegistry registry, CatalogueHolder catalogue, TimeProvider clock, ILogger log)
{
    /// <summary>Whether it is the model that cannot be used. All else is storage or the disk, and may be tried again.</summary>
    public static bool IsRefusal(Exception e) =>
        e is ModelNotFoundException or ModelCorruptException or NewerFormatException or InvalidDataException or OnnxRuntimeException;

    /// <summary>The model of a version.</summary>
    public async Task<LoadedModel> LoadAsync(string version, CancellationToken cancellation)
    {
        using var span = Instruments.Source.StartActivity(Spans.LoadModel)?.SetTag(Attributes.ModelVersion, version);
        var began = clock.GetTimestamp();
        var folder = cache.Enabled ? cache.FolderOf(version) : Directory.CreateTempSubdirectory("sasrec-model-").FullName;
        try
        {
            var manifest = await ModelFiles.DownloadAsync(registry, version, folder, cancellation);
            span.LinkTo(manifest.TraceParent);
            var fetched = clock.GetElapsedTime(began).TotalMilliseconds;
            var model = await LoadedModel.LoadAsync(manifest, folder, catalogue.ViewFor, cancellation);
            if (cache.Enabled)
            {
                cache.Keep(manifest);
            }

            log.LogInformation(
                "The {Whose} model is {Version}: {Items} items, {Bytes} bytes, downloaded in {Fetched:F0} ms, ready after {Ready:F0} ms.",
                whose, version, model.ItemCount, model.Bytes, fetched, clock.GetElapsedTime(began).TotalMilliseconds);
            return model;
        }
        finally
        {
            if (!cache.Enabled)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
