using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;
using SasRec.Portable.LocalHost.Configuration;

namespace SasRec.Portable.LocalHost.Queues;

/// <summary>Reads a queue in batches and runs its function for up to batchSize + newBatchThreshold messages at once.</summary>
sealed class QueueListener(
    QueueFunction function, QueueClient queue, QueueClient? poison, QueueSettings settings, TimeProvider time, ILogger logger)
{
    static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);

    /// <param name="stopping">No more messages are taken.</param>
    /// <param name="giveUp">Those in hand are cancelled and given back.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken giveUp)
    {
        var inHand = new List<Task>();
        var wait = TimeSpan.Zero;
        var (exists, reachable) = (false, true);
        while (!stopping.IsCancellationRequested)
        {
            inHand.RemoveAll(message => message.IsCompleted);
            if (inHand.Count > settings.NewBatchThreshold)
            {
                await Task.WhenAny(inHand);
                continue;
            }

            QueueMessage[] messages = [];
            try
            {
                if (!exists)
                {
                    await queue.CreateIfNotExistsAsync(cancellationToken: giveUp);
                    exists = true;
                }

                // Not cancelled by stopping: a read that is cut off may have hidden messages that nobody holds.
                messages = await queue.ReceiveMessagesAsync(settings.BatchSize, HeldMessage.Lease, giveUp);
                if (!reachable)
                {
                    logger.LogInformation("Queue '{Queue}' is reachable again.", queue.Name);
                }

                reachable = true;
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                if (reachable)
                {
                    logger.LogError(e, "Queue '{Queue}' cannot be read; trying again until it can.", queue.Name);
                }

                (exists, reachable) = (false, false);
            }
            catch (Exception e)
            {
                logger.LogDebug(e, "Queue '{Queue}' could not be read while the host stopped.", queue.Name);
            }

            foreach (var message in messages)
            {
                var held = new HeldMessage(function, queue, poison, message, settings, time, logger);
                inHand.Add(stopping.IsCancellationRequested ? held.GiveBackAsync() : Task.Run(() => held.RunAsync(giveUp), CancellationToken.None));
            }

            wait = messages.Length > 0 ? TimeSpan.Zero : Longer(wait);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await Task.WhenAll(inHand);
    }

    TimeSpan Longer(TimeSpan wait) => wait == TimeSpan.Zero ? ShortestWait
        : wait * 2 < settings.MaxPollingInterval ? wait * 2
        : settings.MaxPollingInterval;
}
