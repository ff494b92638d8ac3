using Microsoft.Azure.Functions.Worker;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;

namespace SasRec.Functions.Ingest;

/// <summary>Appends the interactions of one queue message to the log. A message that comes again leaves the log as it is.</summary>
sealed class AppendInteractionsFunction(InteractionLog log)
{
    [Function("AppendInteractions")]
    public Task Run([QueueTrigger(Names.InteractionsQueue)] string message, CancellationToken cancellation) =>
        log.AppendAsync(InteractionMessage.Parse(message), cancellation);
}
