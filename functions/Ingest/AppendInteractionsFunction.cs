using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Functions.StorageAccount;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Ingest;

/// <summary>Appends the interactions of one queue message to the log. A message that comes again leaves the log as it is.</summary>
sealed class AppendInteractionsFunction([FromKeyedServices(StorageServices.Background)] InteractionLog log, TimeProvider clock)
{
    [Function("AppendInteractions")]
    public async Task Run([QueueTrigger(Names.InteractionsQueue)] string message, CancellationToken cancellation)
    {
        var opened = InteractionMessage.Open(message);
        using var span = MessageSpan.Start(Names.InteractionsQueue, opened.Events.Count, opened.TraceParent, clock);
        try
        {
            await log.AppendAsync(opened.Events, cancellation);
            span.Appended(opened.AcceptedAt);
        }
        catch (Exception e)
        {
            span.Failed(e);
            throw;
        }
    }
}
