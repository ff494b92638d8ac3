using Microsoft.Azure.Functions.Worker;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Ingest;

/// <summary>Appends the interactions of one queue message to the log. A message that comes again leaves the log as it is.</summary>
sealed class AppendInteractionsFunction(InteractionLog log, TimeProvider clock)
{
    [Function("AppendInteractions")]
    public Task Run([QueueTrigger(Names.InteractionsQueue)] string message, CancellationToken cancellation) =>
        MessageSpans.ProcessAsync(
            Names.InteractionsQueue, InteractionMessage.Open(message), clock, events => log.AppendAsync(events, cancellation));
}
