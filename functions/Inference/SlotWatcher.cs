using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using SasRec.Functions.Items;
using SasRec.Storage.Models;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Inference;

/// <summary>Follows one pointer of the registry: downloads, verifies, warms and swaps in the model that it names.</summary>
/// <remarks>
/// Where the wanted model is refused, the current slot keeps the model that it has, or on a new instance takes the newest earlier one that
/// works. The shadow slot is emptied: another model than the wanted one is no evidence about it.
/// </remarks>
sealed class SlotWatcher(
    ModelSlot slot, TimeSpan pollInterval, ModelCache cache, ModelRegistry registry, CatalogueHolder catalogue, TimeProvider clock, ILogger<SlotWatcher> log,
    PopularItems? popular = null)
    : BackgroundService
{
    // How many earlier models a new instance tries where the current one is broken.
    const int MaxFallbacks = 5;

    string? settled; // the ETag of the pointer that was dealt with
    Task counting = Task.CompletedTask; // what is popular is counted beside the polls: a model must not wait for it

    /// <summary>Looks at the pointer once and does what it asks.</summary>
    public async Task PollAsync(CancellationToken cancellation)
    {
        try
        {
            if (await ReadAsync(cancellation) is { } target)
            {
                slot.Report(slot.State with { Damage = target.Damage });

                // What serves goes on: what the broken pointer named is likelier that than anything else.
                await FollowAsync(target.Damage is null || slot.State.Serving is null ? target : target with { Version = slot.State.Serving }, cancellation);
                settled = target.ETag;
            }
            else if (settled is null)
            {
                slot.Report(slot.State with { Status = SlotStatus.NonePublished });
            }

            slot.Report(slot.State with { PollFailure = null });
            if (slot.State.Serving is null && counting.IsCompleted)
            {
                counting = StandInAsync(cancellation);
            }

            if (slot.Role is ModelRole.Current && slot.State.CreatedAt is { } made)
            {
                Instruments.ModelAge.Record((clock.GetUtcNow() - made).TotalSeconds, Attributes.OfSpace(registry.Space));
            }
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            // Storage or the disk failed: what serves keeps serving, and the next poll tries again.
            if (slot.State.PollFailure != e.Message)
            {
                log.LogError(e, "Failed to read the {Role} model pointer; {Serving} stays in memory.", slot.Role, slot.State.Serving ?? "no model");
            }

            await StartFromDiskAsync(cancellation);
            slot.Report(slot.State with { PollFailure = e.Message });
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(pollInterval, clock);
        do
        {
            await PollAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    async Task StandInAsync(CancellationToken cancellation)
    {
        try
        {
            if (popular is not null && await popular.CountAsync(cancellation) is { } counted)
            {
                slot.StandIn(counted);
            }
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            log.LogWarning(e, "No model serves, and what is popular could not be counted.");
        }
        catch (OperationCanceledException)
        {
            // The application stops.
        }
    }

    /// <summary>What the slot should hold; null where the pointer has not moved, or where there is none.</summary>
    async Task<Target?> ReadAsync(CancellationToken cancellation)
    {
        if (slot.Role is ModelRole.Shadow)
        {
            return await registry.ShadowIfChangedAsync(settled, cancellation) is { } shadow
                ? new Target(shadow.ETag, shadow.Pointer.Version, [])
                : null;
        }

        return await registry.CurrentIfChangedAsync(settled, cancellation) is { } active
            ? new Target(
                active.ETag,
                active.Pointer.Version,
                [.. active.Pointer.History.Select(move => move.Version).Where(version => version != active.Pointer.Version).Distinct().Take(MaxFallbacks)],
                active.Damage)
            : null;
    }

    async Task FollowAsync(Target target, CancellationToken cancellation)
    {
        if (target.Version is not { } wanted)
        {
            slot.Replace(null);
            slot.Report(slot.State with { Status = SlotStatus.NonePublished, Wanted = null, Failure = null });
            return;
        }

        var failure = slot.State.Serving == wanted ? null : await TryLoadAsync(wanted, cancellation);
        if (failure is not null)
        {
            log.LogError(failure, "The {Role} model {Wanted} is refused.", slot.Role, wanted);
            if (slot.Role is ModelRole.Shadow)
            {
                slot.Replace(null);
            }

            for (var i = 0; i < target.Fallbacks.Count && slot.State.Serving is null; i++)
            {
                await TryLoadAsync(target.Fallbacks[i], cancellation);
            }
        }

        slot.Report(slot.State with
        {
            Status = slot.State.Serving is null ? SlotStatus.Refused : SlotStatus.Serving,
            Wanted = wanted,
            Failure = failure?.Message,
        });
    }

    /// <summary>Where storage is out of reach and nothing is in memory: the model that this machine used last.</summary>
    async Task StartFromDiskAsync(CancellationToken cancellation)
    {
        foreach (var manifest in slot.State.Serving is null ? cache.Find() : [])
        {
            try
            {
                slot.Replace(await LoadedModel.LoadAsync(manifest, cache.FolderOf(manifest.Version), catalogue.ViewFor, cancellation));
                log.LogWarning("Storage is out of reach: model {Version} serves from this machine's disk.", manifest.Version);
                return;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or OnnxRuntimeException)
            {
                log.LogWarning(e, "Model {Version} on this machine's disk cannot be used.", manifest.Version);
            }
        }
    }

    /// <summary>Why the version cannot be used; null if it is in the slot. Failures of storage or the disk are thrown, to be tried again.</summary>
    async Task<Exception?> TryLoadAsync(string version, CancellationToken cancellation)
    {
        try
        {
            slot.Replace(await new ModelLoader($"{slot.Role}", cache, registry, catalogue, clock, log).LoadAsync(version, cancellation));
            return null;
        }
        catch (Exception e) when (ModelLoader.IsRefusal(e))
        {
            return e;
        }
    }

    /// <summary>What a pointer names.</summary>
    /// <param name="ETag">The pointer's ETag.</param>
    /// <param name="Version">The wanted version; null for none.</param>
    /// <param name="Fallbacks">Earlier versions, newest first, for an instance without a model.</param>
    /// <param name="Damage">What is wrong with the pointer; null for nothing.</param>
    sealed record Target(string ETag, string? Version, IReadOnlyList<string> Fallbacks, string? Damage = null);
}
