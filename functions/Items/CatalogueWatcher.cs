using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SasRec.Storage;
using SasRec.Storage.Items;

namespace SasRec.Functions.Items;

/// <summary>Follows the catalogue and lets every change serve.</summary>
sealed class CatalogueWatcher(
    ItemOptions options, StorageConnection storage, CatalogueHolder holder, TimeProvider clock, ILogger<CatalogueWatcher> log)
    : BackgroundService
{
    readonly ItemFollower follower = new(storage, new ItemStore(storage), options.ReloadInterval);
    Catalogue known = Catalogue.Empty;

    /// <summary>Asks once what changed.</summary>
    public async Task PollAsync(CancellationToken cancellation)
    {
        try
        {
            var update = await follower.NextAsync(cancellation);
            if (update is not null)
            {
                known = known.With(update);
                if (update.Everything)
                {
                    log.LogInformation("The catalogue was read: {Items} items.", known.Count);
                }
            }

            holder.Replace(known);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            // Storage refused: what is known goes on serving, and the next poll tries again.
            if (holder.Failure != e.Message)
            {
                log.LogError(e, "The catalogue cannot be read; {Items} items are known.", known.Count);
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
