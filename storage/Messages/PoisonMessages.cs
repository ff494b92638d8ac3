using Azure;
using Azure.Storage.Queues.Models;

namespace SasRec.Storage.Messages;

/// <summary>The messages that failed too often: kept, counted, and sent once more when the cause is gone.</summary>
public sealed partial class PoisonMessages(StorageConnection storage)
{
    const int MaxPerCall = 32;

    // Longer than one round of sends and deletes takes; shorter than anybody's patience after a crash.
    static readonly TimeSpan Hidden = TimeSpan.FromMinutes(1);
    static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    /// <summary>About how many failed messages a queue has; 0 where none ever failed.</summary>
    /// <param name="queue">The queue's name, without the suffix.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<int> CountAsync(string queue, CancellationToken cancellation = default)
    {
        try
        {
            var properties = await storage.RawQueue(queue + Names.PoisonSuffix).GetPropertiesAsync(cancellation);
            return properties.Value.ApproximateMessagesCount;
        }
        catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            return 0;
        }
    }

    /// <summary>Sends every failed message once more. None is lost: each is sent before it is deleted, so that one that this call could
    /// not finish may be sent twice, and what is appended twice is one row.</summary>
    /// <param name="queue">The queue's name, without the suffix.</param>
    /// <param name="cancellation">Ends the call between two messages.</param>
    /// <returns>How many were sent.</returns>
    public async Task<int> ReplayAsync(string queue, CancellationToken cancellation = default)
    {
        var from = storage.RawQueue(queue + Names.PoisonSuffix);

        // A message that fails again at once comes back: what was there at the start bounds the loop.
        var left = await CountAsync(queue, cancellation);
        var sent = 0;
        while (left > 0)
        {
            var messages = (await from.ReceiveMessagesAsync(Math.Min(left, MaxPerCall), Hidden, cancellation)).Value;
            if (messages.Length == 0)
            {
                break;
            }

            foreach (var message in messages)
            {
                cancellation.ThrowIfCancellationRequested();
                await SendAsync(queue, message);
                await from.DeleteMessageAsync(message.MessageId, message.PopReceipt, CancellationToken.None);
                sent++;
            }

            left -= messages.Length;
        }

        return sent;
    }

    async Task SendAsync(string queue, QueueMessage message) =>
        await storage.RawQueue(queue).SendMessageAsync(message.Body, timeToLive: Forever, cancellationToken: CancellationToken.None);
}
