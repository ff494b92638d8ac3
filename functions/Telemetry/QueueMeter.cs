using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SasRec.Functions.Http;
using SasRec.Storage;
using SasRec.Storage.Messages;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Telemetry;

/// <summary>Measures once a minute how long messages wait and how many failed; not where no exporter is configured.</summary>
sealed class QueueMeter(
    InteractionQueue interactions, ImpressionQueue impressions, PoisonMessages poison, TimeProvider clock, ILogger<QueueMeter> log)
    : BackgroundService
{
    static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (Instruments.QueueAge.Enabled)
        {
            await MeasureAsync(Names.InteractionsQueue, interactions.Name, interactions.OldestAsync, stoppingToken);
            await MeasureAsync(Names.ImpressionsQueue, impressions.Name, impressions.OldestAsync, stoppingToken);
            await timer.WaitForNextTickAsync(stoppingToken);
        }
    }

    async Task MeasureAsync(string queue, string name, Func<CancellationToken, Task<DateTimeOffset?>> oldest, CancellationToken cancellation)
    {
        try
        {
            KeyValuePair<string, object?> which = new(Attributes.Queue, name);
            Instruments.QueueAge.Record(await oldest(cancellation) is { } since ? Math.Max(0, (clock.GetUtcNow() - since).TotalSeconds) : 0, which);
            Instruments.PoisonMessages.Record(await poison.CountAsync(queue, cancellation), which);
        }
        catch (Exception e) when (StorageFailure.Is(e) && !cancellation.IsCancellationRequested)
        {
            log.LogWarning(e, "Failed to measure the queue {Queue}.", name);
        }
    }
}
