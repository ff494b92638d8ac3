using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Events;
using SasRec.Functions.Http;
using SasRec.Functions.StorageAccount;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Ingest;

/// <summary>Appends the interactions of one queue message to the log. A message that comes again leaves the log as it is.</summary>
sealed class AppendInteractionsFunction(
    [FromKeyedServices(StorageServices.Background)] InteractionLog log, InteractionQueue queue, TimeProvider clock)
{
    [Function("AppendInteractions")]
    public async Task Run([QueueTrigger(Names.InteractionsQueue)] string message, CancellationToken cancellation)
    {
        var opened = InteractionMessage.Open(message);
        using var span = MessageSpan.Start(queue.Name, opened.Events.Count, opened.TraceParent, clock);
        try
        {
            await log.AppendAsync([.. opened.Events.Where(e => InteractionRules.WhatIsWrong(e, clock.GetUtcNow()) is null)], cancellation);
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
            if (InteractionRules.WhatIsWrong(e, clock.GetUtcNow()) is { } wrong)
            {
                throw new InvalidDataException($"events[{i}]: {wrong}");
            }
        }
    }
}
