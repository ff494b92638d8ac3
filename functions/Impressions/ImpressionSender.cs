using Microsoft.Extensions.Logging;
using SasRec.Core.Events;
using SasRec.Functions.Serve;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Impressions;

/// <summary>Brings an impression into safe keeping before its slate is answered; a slate is worth answering without.</summary>
sealed class ImpressionSender(ServeOptions options, ImpressionQueue queue, ImpressionLog impressions, ILogger<ImpressionSender> log)
{
    /// <summary>Whether the impression is in safe keeping.</summary>
    public async Task<bool> TrySendAsync(Impression impression, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(options.ImpressionPatience);
        try
        {
            await SendAsync(impression, patience.Token);
            return true;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            Instruments.ImpressionsLost.Add(1);
            log.LogError(e, "The impression of recommendation {Recommendation} is lost.", impression.RecommendationId);
            return false;
        }
    }

    async Task SendAsync(Impression impression, CancellationToken cancellation)
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
    }
}
