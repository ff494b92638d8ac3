using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SasRec.Core.Items;
using SasRec.Functions.StorageAccount;
using SasRec.Storage;
using SasRec.Storage.Items;

namespace SasRec.Functions.Items;

/// <summary>Follows the catalogue in storage and applies every change.</summary>
sealed class CatalogueWatcher(
    ItemOptions options,
    StorageConnection storage,
    CatalogueHolder holder,
    KeptFile<List<CatalogueItem>> file,
    TimeProvider clock,
    ILogger<CatalogueWatcher> log)
    : BackgroundService
{
    readonly ItemStore store = new(storage);
    ItemFollower? follower;
    Catalogue known = Catalogue.Empty;

    /// <summary>Reads the changes once.</summary>
    public async Task PollAsync(CancellationToken cancellation)
    {
        try
        {
            var update = await (follower ??= new ItemFollower(storage, store, options.ReloadInterval)).NextAsync(cancellation);
            if (update is not null)
            {
                known = known.With(update);
                file.Keep([.. known.Items]);

                // What was put again since it could not be read is whole.
                holder.Damaged = update.Everything ? store.Damaged : [.. holder.Damaged.Where(id => !update.Items.ContainsKey(id))];
                if (update.Everything)
                {
                    log.LogInformation("The catalogue was read: {Items} items.", known.Count);
                }
            }

            holder.Replace(known);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            // Storage failed: the last known catalogue keeps serving, and the next poll tries again.
            if (holder.Failure != e.Message)
            {
                log.LogError(e, "Failed to read the catalogue; the last one, with {Items} items, keeps serving.", known.Count);
            }

            if (holder.Current is null && file.Find() is { } kept)
            {
                // As this machine knew it last: what was withheld since is not known here, and health says so.
                holder.Replace(Catalogue.Empty.With(new ItemUpdate(true, kept.ToDictionary(item => item.Id, item => (CatalogueItem?)item))));
            }

            holder.Fail(e.Message);
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
}
