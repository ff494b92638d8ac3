using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SasRec.Portable.LocalHost.Configuration;
using SasRec.Portable.LocalHost.Invocation;

namespace SasRec.Portable.LocalHost.Queues;

/// <summary>One listener for each queue function, from the host's start to its stop.</summary>
sealed partial class QueueListeners : IHostedService, IDisposable
{
    // Storage that does not answer, or a function that ignores its cancellation, must not keep the host from ending.
    static readonly TimeSpan TimeToGiveBack = TimeSpan.FromSeconds(5);

    readonly QueueListener[] listeners;
    readonly CancellationTokenSource stopping;
    readonly CancellationTokenSource giveUp = new();
    readonly ILogger logger;
    Task running = Task.CompletedTask;

    public QueueListeners(
        IReadOnlyList<LocalFunction> functions, HostSettings host, IConfiguration settings, IServiceProvider services,
        IHostApplicationLifetime lifetime, ILoggerFactory loggers)
    {
        logger = loggers.CreateLogger("Host.Queues");

        // Requests are drained before this service is stopped; messages must not be taken in the meantime.
        stopping = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        listeners = [.. functions.Where(f => f.Trigger is QueueTriggerAttribute).Select(Listener)];

        QueueListener Listener(LocalFunction function)
        {
            var trigger = (QueueTriggerAttribute)function.Trigger;
            var name = SettingReferences.Resolve(trigger.QueueName, settings, function.Name);
            if (!QueueName().IsMatch(name))
            {
                throw new InvalidDataException(
                    $"Function '{function.Name}': a queue's name is 3 to 63 lower-case letters, digits and single hyphens, found '{name}'.");
            }

            var queues = StorageConnection.Queues(settings, trigger.Connection, function.Name);
            var poison = name.EndsWith("-poison", StringComparison.Ordinal) ? null : queues.GetQueueClient(name + "-poison");
            var runner = new QueueFunction(function, host, services);
            var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
            return new QueueListener(runner, queues.GetQueueClient(name), poison, host.Queues, time, loggers.CreateLogger("Function." + function.Name));
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        running = Task.WhenAll(listeners.Select(l => Task.Run(() => l.RunAsync(stopping.Token, giveUp.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <summary>Takes no more messages, finishes those in hand and, when the time allowed is over, gives back the rest.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await giveUp.CancelAsync();
        await running.WaitAsync(TimeToGiveBack, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!running.IsCompleted)
        {
            logger.LogWarning("A queue function did not end when it was cancelled; it is abandoned, and its message comes back by itself.");
        }
    }

    public void Dispose()
    {
        stopping.Dispose();
        giveUp.Dispose();
    }

    [GeneratedRegex("^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex QueueName();
}
