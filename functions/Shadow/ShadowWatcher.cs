using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using SasRec.Functions.Items;
using SasRec.Functions.Serve;
using SasRec.Functions.StorageAccount;
using SasRec.Storage;
using SasRec.Storage.Models;

namespace SasRec.Functions.Shadow;

/// <summary>Follows the pointer to the shadow: brings into memory what it names, and lets go of what it no longer names.</summary>
sealed class ShadowWatcher(
    ServeOptions options,
    [FromKeyedServices(StorageServices.Background)] ModelRegistry registry,
    ShadowHolder holder,
    CatalogueHolder catalogue,
    TimeProvider clock,
    ILogger<ShadowWatcher> log)
    : BackgroundService
{
    string? settled; // the ETag of the pointer that was dealt with

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.PollInterval, clock);
        do
        {
            try
            {
                if (await registry.ShadowIfChangedAsync(settled, stoppingToken) is { } active)
                {
                    await FollowAsync(active.Pointer, stoppingToken);
                    settled = active.ETag;
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Storage or the disk refused: nobody waits for a shadow, and the next poll tries again.
                log.LogWarning(e, "The shadow cannot be asked for.");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    async Task FollowAsync(ShadowPointer pointer, CancellationToken cancellation)
    {
        if (pointer.Version is null)
        {
            holder.Replace(pointer, null, null);
            return;
        }

        var folder = Directory.CreateTempSubdirectory("sasrec-shadow-").FullName;
        try
        {
            var manifest = await ServedModel.DownloadAsync(registry, pointer.Version, folder, cancellation);
            var model = await ServedModel.LoadAsync(manifest, folder, cancellation);
            catalogue.IndexFor(model);
            holder.Replace(pointer, model, null);
            log.LogInformation("Model {Version} is the shadow: {Bytes} bytes.", pointer.Version, model.Bytes);
        }
        catch (Exception e) when (e is ModelNotFoundException or ModelCorruptException or NewerFormatException or InvalidDataException or OnnxRuntimeException)
        {
            log.LogError(e, "Model {Version} cannot be the shadow.", pointer.Version);
            holder.Replace(pointer, null, e.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
