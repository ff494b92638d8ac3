using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SasRec.Portable.LocalHost.Configuration;
using SasRec.Portable.LocalHost.Invocation;

namespace SasRec.Portable.LocalHost.Timers;

/// <summary>Runs one timer function on its schedule while this host holds the timer's lease.</summary>
sealed class TimerListener(
    LocalFunction function, TimerSchedule schedule, BlobContainerClient container, string hostId, HostSettings host,
    IServiceProvider services, TimeProvider time, ILogger logger)
{
    static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    readonly TimerTriggerAttribute trigger = (TimerTriggerAttribute)function.Trigger;
    readonly FunctionInvoker invoker = new(function, timer => timer);
    readonly TimerStatusBlob? kept = ((TimerTriggerAttribute)function.Trigger).UseMonitor && !schedule.IsFrequent(time.GetUtcNow().UtcDateTime)
        ? new TimerStatusBlob(container.GetBlobClient($"timers/{hostId}/{function.Name}/status"))
        : null;

    bool startedUp;

    DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Competes for the lease and, while it is held, waits for each occurrence. Never throws.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var reachable = true;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var lockBlob = container.GetBlobClient($"locks/{hostId}/{function.Name}.Listener");
                await using var lease = await ListenerLease.TryAcquireAsync(lockBlob, host.Singleton.ListenerLockPeriod, time, stopping);
                reachable = true;
                if (lease is not null)
                {
                    using var until = CancellationTokenSource.CreateLinkedTokenSource(stopping, lease.Lost);
                    await RunScheduleAsync(until.Token);
                    if (lease.Lost.IsCancellationRequested)
                    {
                        logger.LogWarning("Timer '{Function}' lost its lease; another host may run it now.", function.Name);
                    }
                }
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                if (reachable)
                {
                    logger.LogError(e, "Timer '{Function}' cannot reach its storage; trying again until it can.", function.Name);
                }

                reachable = false;
            }
            catch (Exception e)
            {
                logger.LogDebug(e, "Timer '{Function}' ended while the host stopped.", function.Name);
            }

            await Task.Delay(host.Singleton.ListenerLockRecoveryPollingInterval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task RunScheduleAsync(CancellationToken until)
    {
        var status = kept is null ? null : await kept.ReadAsync(until);
        if (kept is not null && status is null)
        {
            status = new ScheduleStatus { Next = schedule.Next(Now), LastUpdated = Now };
            await kept.WriteAsync(status);
        }

        // From the last record by today's schedule, so that a schedule that was changed counts at once.
        if (status is not null && schedule.Next(status.LastUpdated) is var due && due <= Now)
        {
            status = await FireAsync(status, due, isPastDue: true, until);
        }
        else if (trigger.RunOnStartup && !startedUp)
        {
            status = await FireAsync(status, Now, isPastDue: false, until);
        }

        startedUp = true;
        while (!until.IsCancellationRequested)
        {
            var next = schedule.Next(Now);
            while (next - Now is var left && left > TimeSpan.Zero && !until.IsCancellationRequested)
            {
                await Task.Delay(left < LongestDelay ? left : LongestDelay, time, until).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (!until.IsCancellationRequested)
            {
                status = await FireAsync(status, next, isPastDue: false, until);
            }
        }
    }

    async Task<ScheduleStatus?> FireAsync(ScheduleStatus? status, DateTime occurrence, bool isPastDue, CancellationToken until)
    {
        try
        {
            await using var scope = services.CreateAsyncScope();
            using var timeout = InvocationTimeout.Of(host, services, until);
            var timer = new TimerInfo { IsPastDue = isPastDue, ScheduleStatus = status };
            await invoker.InvokeAsync(new LocalFunctionContext(function, timer, new Dictionary<string, object?>(), scope.ServiceProvider, timeout.Token));
        }
        catch (OperationCanceledException) when (until.IsCancellationRequested)
        {
            logger.LogInformation("Timer '{Function}' was cancelled.", function.Name);
            return status;
        }
        catch (Exception e)
        {
            logger.LogError(e, "Timer '{Function}' failed.", function.Name);
        }

        if (kept is null)
        {
            return null;
        }

        status = new ScheduleStatus { Last = occurrence, Next = schedule.Next(Now), LastUpdated = Now };
        try
        {
            await kept.WriteAsync(status);
        }
        catch (Exception e) when (e is Azure.RequestFailedException or AggregateException)
        {
            logger.LogWarning(e, "Timer '{Function}' could not keep its status; it may run once more after a restart.", function.Name);
        }

        return status;
    }
}
