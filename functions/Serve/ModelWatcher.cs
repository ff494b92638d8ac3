using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using SasRec.Functions.Items;
using SasRec.Functions.StorageAccount;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Serve;

/// <summary>Follows the pointer to the current model: downloads, verifies, warms and swaps in what it names.</summary>
sealed class ModelWatcher(
    ServeOptions options,
    [FromKeyedServices(StorageServices.Background)] ModelRegistry registry,
    ModelHolder holder,
    CatalogueHolder catalogue,
    TimeProvider clock,
    ILogger<ModelWatcher> log)
    : BackgroundService
{
    // How many earlier models a new instance tries where the current one is broken.
    const int MostFallbacks = 5;

    string? settled; // the ETag of the pointer that was dealt with

    /// <summary>Looks at the pointer once and does what it asks.</summary>
    public async Task PollAsync(CancellationToken cancellation)
    {
        try
        {
            if (await registry.CurrentIfChangedAsync(settled, cancellation) is { } active)
            {
                await FollowAsync(active.Pointer, cancellation);
                settled = active.ETag;
            }

            holder.Report(holder.State with { PollFailure = null });
            if (holder.State.CreatedAt is { } made)
            {
                Instruments.ModelAge.Record((clock.GetUtcNow() - made).TotalSeconds);
            }
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            // Storage or the disk refused: what serves goes on serving, and the next poll tries again.
            if (holder.State.PollFailure != e.Message)
            {
                log.LogError(e, "The current model cannot be asked for; {Serving} serves.", holder.State.Serving ?? "none");
            }

            holder.Report(holder.State with { PollFailure = e.Message });
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.PollInterval, clock);
        do
        {
            await PollAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    async Task FollowAsync(ModelPointer pointer, CancellationToken cancellation)
    {
        var serving = holder.State.Serving;
        var failure = serving == pointer.Version ? null : await TryServeAsync(pointer.Version, cancellation);
        holder.Report(holder.State with { Wanted = pointer.Version, Failure = failure?.Message });
        if (failure is null)
        {
            return;
        }

        log.LogError(failure, "Model {Wanted} is refused; {Serving} serves.", pointer.Version, serving ?? "none");
        if (serving is not null)
        {
            return;
        }

        // A new instance has no older model in memory, so it looks for the newest that works.
        var earlier = pointer.History.Select(move => move.Version).Where(version => version != pointer.Version).Distinct();
        foreach (var version in earlier.Take(MostFallbacks))
        {
            if (await TryServeAsync(version, cancellation) is null)
            {
                return;
            }
        }
    }

    /// <summary>Why the version cannot serve; null if it does. What storage or the disk refuse is thrown, to be tried again.</summary>
    async Task<Exception?> TryServeAsync(string version, CancellationToken cancellation)
    {
        using var span = Instruments.Source.StartActivity(Spans.LoadModel)?.SetTag(Attributes.ModelVersion, version);
        var began = clock.GetTimestamp();
        var folder = Directory.CreateTempSubdirectory("sasrec-model-").FullName;
        try
        {
            var manifest = await ServedModel.DownloadAsync(registry, version, folder, cancellation);
            span.LinkTo(manifest.TraceParent);
            var fetched = clock.GetElapsedTime(began).TotalMilliseconds;
            var model = await ServedModel.LoadAsync(manifest, folder, cancellation);
            catalogue.IndexFor(model);
            holder.Replace(model);
            holder.Report(holder.State with { Serving = version, LoadedAt = clock.GetUtcNow(), CreatedAt = manifest.CreatedAt });
            log.LogInformation(
                "Model {Version} serves: {Items} items, fetched in {Fetched:F0} ms, ready after {Ready:F0} ms.",
                version, model.ItemCount, fetched, clock.GetElapsedTime(began).TotalMilliseconds);
            return null;
        }
        catch (Exception e) when (e is ModelNotFoundException or ModelCorruptException or NewerFormatException or InvalidDataException or OnnxRuntimeException)
        {
            return e;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
