using Azure.Storage.Blobs;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.Timers;
using Microsoft.Azure.WebJobs.Host;
using Microsoft.Azure.WebJobs.Host.Executors;
using Microsoft.Azure.WebJobs.Host.Timers;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SasRec.Host.Settings;
using SasRec.Host.Worker;

namespace SasRec.Host.Listeners;

/// <summary>The WebJobs SDK with its own queue and timer listeners: poison queues, leases and host.json's settings are its own.</summary>
sealed class ListenerHost(HostSettings settings, IReadOnlyList<FunctionDefinition> functions, WorkerChannel worker, ILoggerFactory loggers)
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    readonly ILogger log = loggers.CreateLogger("Host.Listeners");

    /// <summary>Listens until it is cancelled. A listener gives up where storage is out of reach; then all start again.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        FunctionDefinition[] listened = [.. functions.Where(f => f.Trigger is not HttpTrigger && !Disabled(settings.Configuration, f.Name))];
        if (listened.Length == 0)
        {
            return;
        }

        var types = ListenerTypes.Of(listened);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var failure = new ListenerFailure();
                using var host = Build(listened, types, failure);
                await host.StartAsync(cancellation);
                var reason = await failure.WaitAsync(cancellation);
                using var grace = new CancellationTokenSource(settings.StopTimeout);
                await host.StopAsync(grace.Token);
                if (reason is not null)
                {
                    throw reason;
                }
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                log.LogError("The listeners of queues and timers stopped and start again in {Pause}: {Reason}", Pause, e.Message);
                await Task.Delay(Pause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                // Asked to stop while it started.
            }
        }
    }

    IHost Build(FunctionDefinition[] listened, IReadOnlyList<Type> types, ListenerFailure failure)
    {
        return new HostBuilder()
            .ConfigureAppConfiguration(configuration => configuration.AddConfiguration(settings.Configuration))
            .ConfigureWebJobs(jobs => jobs.AddAzureStorageCoreServices().AddAzureStorageQueues().AddTimers())
            .ConfigureServices(services =>
            {
                services.AddSingleton(loggers);
                services.AddSingleton(new ListenedFunctions(listened, worker));
                services.AddSingleton<ITypeLocator>(new Types(types));
                services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.StopTimeout);
                services.Configure<SingletonOptions>(settings.Configuration.GetSection("AzureWebJobs:singleton"));
                services.AddSingleton<IHostIdProvider>(new HostId(settings.HostId));

                services.AddSingleton<IWebJobsExceptionHandlerFactory>(failure);
                ShortenVisibility(services, settings.MessageVisibility);

                // After AddTimers: the SDK's own does not load beside the current storage package.
                services.AddSingleton<ScheduleMonitor>(new BlobScheduleMonitor(
                    new BlobContainerClient(settings.Configuration["AzureWebJobsStorage"], "azure-webjobs-hosts"), settings.HostId));
            })
            .Build();
    }

    static void ShortenVisibility(IServiceCollection services, TimeSpan visibility)
    {
        var registered = services.Last(service => service.ServiceType == typeof(AzureComponentFactory));
        services.AddSingleton<AzureComponentFactory>(provider => new ShortVisibility(
            (AzureComponentFactory)(registered.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, registered.ImplementationType!)), visibility));
    }

    static bool Disabled(IConfiguration settings, string function) =>
        settings[$"AzureWebJobs:{function}:Disabled"] is "true" or "True" or "1" || settings[$"AzureWebJobs.{function}.Disabled"] is "true" or "True" or "1";

    sealed class HostId(string id) : IHostIdProvider
    {
        public Task<string> GetHostIdAsync(CancellationToken cancellationToken) => Task.FromResult(id);
    }

    sealed class Types(IReadOnlyList<Type> types) : ITypeLocator
    {
        public IReadOnlyList<Type> GetTypes() => types;
    }
}
