using Microsoft.Extensions.Logging;
using SasRec.Core.Events;
using SasRec.Functions.StorageAccount;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Impressions;

/// <summary>Stores an impression before its slate is answered; where that fails, the slate is answered all the same.</summary>
sealed class ImpressionSender(ImpressionQueue queue, ImpressionLog impressions, StorageBreaker breaker, ILogger<ImpressionSender> log)
{
    /// <summary>Sends the impression to the queue, or to the log where it is too large for a message.</summary>
    /// <returns>Whether it is stored.</returns>
    public async Task<bool> TrySendAsync(Impression impression, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            return await breaker.AskAsync(token => SendAsync(impression, token), limit.Token);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            Instruments.ImpressionsLost.Add(1);
            log.LogError(e, "Failed to store the impression of recommendation {Recommendation}; the slate is answered without it.", impression.RecommendationId);
            return false;
        }
    }

    async Task<bool> SendAsync(Impression impression, CancellationToken cancellation)
    {
        try
        {
            await queue.SendAsync([impression], cancellation);
        }
        catch (ArgumentException)
        {
            // A hundred items with the longest of ids are more than a message holds, and not more than a row does.
            await impressions.AppendAsync([impression], cancellation);
        }

        return true;
    }
}
