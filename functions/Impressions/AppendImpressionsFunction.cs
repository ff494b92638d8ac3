using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Functions.StorageAccount;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Impressions;

/// <summary>Appends the impressions of one queue message to the log. A message that comes again leaves the log as it is.</summary>
sealed class AppendImpressionsFunction([FromKeyedServices(StorageServices.Background)] ImpressionLog log, TimeProvider clock)
{
    [Function("AppendImpressions")]
    public async Task Run([QueueTrigger(Names.ImpressionsQueue)] string message, CancellationToken cancellation)
    {
        var opened = ImpressionMessage.Open(message);
        using var span = MessageSpan.Start(Names.ImpressionsQueue, opened.Events.Count, opened.TraceParent, clock);
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
