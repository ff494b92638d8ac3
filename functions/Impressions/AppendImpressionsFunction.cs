using Microsoft.Azure.Functions.Worker;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Impressions;

/// <summary>Appends the impressions of one queue message to the log. A message that comes again leaves the log as it is.</summary>
sealed class AppendImpressionsFunction(ImpressionLog log, TimeProvider clock)
{
    [Function("AppendImpressions")]
    public Task Run([QueueTrigger(Names.ImpressionsQueue)] string message, CancellationToken cancellation) =>
        MessageSpans.ProcessAsync(
            Names.ImpressionsQueue, ImpressionMessage.Open(message), clock, slates => log.AppendAsync(slates, cancellation));
}
