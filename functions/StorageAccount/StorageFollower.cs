using Microsoft.Extensions.Hosting;

namespace SasRec.Functions.StorageAccount;

/// <summary>Follows something in storage by asking again and again; who needs it waits for the first answer of a new instance.</summary>
/// <param name="interval">The time between two questions.</param>
/// <param name="startTimeout">How long is waited for the first answer.</param>
/// <param name="clock">The clock.</param>
abstract class StorageFollower(TimeSpan interval, TimeSpan startTimeout, TimeProvider clock) : BackgroundService
{
    readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until storage was asked once, whatever it said.</summary>
    protected async ValueTask AskedAsync(CancellationToken cancellation)
    {
        if (!asked.Task.IsCompleted)
        {
            await Task.WhenAny(asked.Task, Task.Delay(startTimeout, clock, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Asks once. It throws only where it was cancelled.</summary>
    protected abstract Task PollAsync(CancellationToken cancellation);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        do
        {
            await PollAsync(stoppingToken);
            asked.TrySetResult();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
