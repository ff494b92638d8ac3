using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SasRec.Portable.LocalHost.Configuration;
using SasRec.Portable.LocalHost.Invocation;

namespace SasRec.Portable.LocalHost.Timers;

/// <summary>One listener for each timer function, from the host's start to its stop.</summary>
sealed class TimerListeners : IHostedService, IDisposable
{
    readonly TimerListener[] listeners;
    readonly CancellationTokenSource stopping;
    readonly ILogger logger;
    Task running = Task.CompletedTask;

    public TimerListeners(
        IReadOnlyList<LocalFunction> functions, HostSettings host, IConfiguration settings, IServiceProvider services,
        IHostApplicationLifetime lifetime, ILoggerFactory loggers)
    {
        logger = loggers.CreateLogger("Host.Timers");
        stopping = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        listeners = [.. functions.Where(f => f.Trigger is TimerTriggerAttribute).Select(Listener)];

        TimerListener Listener(LocalFunction function)
        {
            if (function.TriggerParameter.ParameterType != typeof(TimerInfo) || function.Method.ReturnType is var r && r != typeof(Task) && r != typeof(void))
            {
                throw new NotSupportedException($"Function '{function.Name}': a timer function takes TimerInfo and returns Task or nothing.");
            }

            var expression = SettingReferences.Resolve(((TimerTriggerAttribute)function.Trigger).Schedule, settings, function.Name);
            var container = StorageConnection.Blobs(settings, function.Name).GetBlobContainerClient("azure-webjobs-hosts");
            return new TimerListener(
                function, TimerSchedule.Parse(expression, function.Name), container, HostId(function, settings), host, services,
                services.GetService<TimeProvider>() ?? TimeProvider.System, loggers.CreateLogger("Function." + function.Name));
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        running = Task.WhenAll(listeners.Select(l => Task.Run(() => l.RunAsync(stopping.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <summary>Cancels the timers that run, as Azure does, and waits for them as long as is allowed.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!running.IsCompleted)
        {
            logger.LogWarning("A timer function did not end when it was cancelled; it is abandoned.");
        }
    }

    public void Dispose() => stopping.Dispose();

    // Hosts with one id share their timers; the application's name serves unless a setting says otherwise.
    static string HostId(LocalFunction function, IConfiguration settings) =>
        settings["AzureFunctionsWebHost:hostid"] ?? function.Method.DeclaringType!.Assembly.GetName().Name!.ToLowerInvariant();
}
