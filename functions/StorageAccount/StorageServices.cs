using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SasRec.Storage;
using SasRec.Storage.Deletions;
using SasRec.Storage.Experiments;
using SasRec.Storage.Items;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;
using SasRec.Storage.Models;
using SasRec.Storage.Rules;
using SasRec.Storage.Training;

namespace SasRec.Functions.StorageAccount;

/// <summary>The storage account and what is stored in it.</summary>
/// <remarks>Where nothing else is asked for, a call to storage is made for a request: it is given up after <see cref="StorageOptions.RequestTimeout"/>.
/// What no request waits for takes the services under <see cref="Background"/>, which try again for longer.</remarks>
static class StorageServices
{
    /// <summary>The key of the services for work that no request waits for.</summary>
    public const string Background = "background";

    const string Requests = "requests";

    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration, string space = "")
    {
        var options = StorageOptions.Read(configuration.AsEnumerable());
        if (options.NamePrefix.Length > 0)
        {
            throw new ArgumentException(
                $"Storage__NamePrefix must be empty here, because queue triggers have fixed names; found '{options.NamePrefix}'.");
        }

        return services
            .AddSingleton(provider => new StorageConnection(options with { Space = space }, provider.GetRequiredService<TimeProvider>()))
            .AddKeyedSingleton(Requests, (provider, _) => provider.GetRequiredService<StorageConnection>().Within(options.RequestTimeout))
            .AddSingleton(provider => new InteractionLog(ForRequests(provider)))
            .AddSingleton(provider => new InteractionQueue(ForRequests(provider)))
            .AddSingleton(provider => new ImpressionLog(ForRequests(provider)))
            .AddSingleton(provider => new UserSlates(ForRequests(provider)))
            .AddSingleton(provider => new ImpressionQueue(ForRequests(provider)))
            .AddSingleton(provider => new PoisonMessages(ForRequests(provider)))
            .AddSingleton(provider => new ItemStore(ForRequests(provider)))
            .AddSingleton(provider => new ModelRegistry(ForRequests(provider)))
            .AddSingleton(provider => new SnapshotStore(ForRequests(provider)))
            .AddSingleton(provider => new RunLog(ForRequests(provider)))
            .AddSingleton(provider => new DeletionLog(ForRequests(provider)))
            .AddSingleton(provider => new RuleStore(ForRequests(provider)))
            .AddSingleton(provider => new ExperimentStore(ForRequests(provider)))
            .AddSingleton<SlateShadows>()
            .AddSingleton<InsightsLog>()
            .AddKeyedSingleton(Background, (provider, _) => new InteractionLog(provider.GetRequiredService<StorageConnection>()))
            .AddKeyedSingleton(Background, (provider, _) => new ImpressionLog(provider.GetRequiredService<StorageConnection>()))
            .AddKeyedSingleton(Background, (provider, _) => new ModelRegistry(provider.GetRequiredService<StorageConnection>()))
            .AddSingleton<StorageBreaker>()
            .AddHostedService<StorageStart>();
    }

    /// <summary>The account for somebody who waits for an answer.</summary>
    public static StorageConnection ForRequests(IServiceProvider provider) => provider.GetRequiredKeyedService<StorageConnection>(Requests);
}

/// <summary>Creates missing tables, queues and containers, before the first request where storage can be reached.</summary>
sealed class StorageStart(StorageConnection storage, TimeProvider clock, ILogger<StorageStart> log) : BackgroundService
{
    static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        await Task.WhenAny(ExecuteTask!, Task.Delay(StartTimeout, clock, cancellationToken));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await storage.EnsureCreatedAsync(stoppingToken);
                return;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // The instance starts all the same, so that GET /api/status can say what is wrong.
                log.LogError(e, "Storage cannot be reached; the next attempt is in {Pause}.", Pause);
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }
}
