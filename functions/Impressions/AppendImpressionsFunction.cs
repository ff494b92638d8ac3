using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Events;
using SasRec.Functions.Http;
using SasRec.Functions.StorageAccount;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Impressions;

/// <summary>Appends the impressions of one queue message to the log. A message that comes again leaves the log as it is.</summary>
sealed class AppendImpressionsFunction(
    [FromKeyedServices(StorageServices.Background)] ImpressionLog log, ImpressionQueue queue, TimeProvider clock)
{
    [Function("AppendImpressions")]
    public async Task Run([QueueTrigger(Names.ImpressionsQueue)] string message, CancellationToken cancellation)
    {
        var opened = ImpressionMessage.Open(message);
        using var span = MessageSpan.Start(queue.Name, opened.Events.Count, opened.TraceParent, clock);
        try
        {
            await log.AppendAsync([.. opened.Events.Where(e => ImpressionRules.WhatIsWrong(e, clock.GetUtcNow()) is null)], cancellation);
            span.Appended(opened.AcceptedAt);
        }
        catch (Exception e) when (StorageFailure.IsOutage(e) && !cancellation.IsCancellationRequested)
        {
            // No fault of the message, so it does not count: only messages that cannot be taken in are set aside.
            span.Failed(e);
            await queue.ReturnAsync(message, cancellation);
            return;
        }
        catch (Exception e)
        {
            span.Failed(e);
            throw;
        }

        // The others of the message are in the log; it goes to the poison queue for a person to look at.
        foreach (var (i, e) in opened.Events.Index())
        {
            if (ImpressionRules.WhatIsWrong(e, clock.GetUtcNow()) is { } wrong)
            {
                throw new InvalidDataException($"events[{i}]: {wrong}");
            }
        }
    }
}
