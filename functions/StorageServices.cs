using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SasRec.Storage;
using SasRec.Storage.Items;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;
using SasRec.Storage.Models;
using SasRec.Storage.Training;

namespace SasRec.Functions;

/// <summary>The storage account and what is stored in it.</summary>
static class StorageServices
{
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        var options = StorageOptions.Read(name => configuration[name]);
        if (options.NamePrefix.Length > 0)
        {
            throw new ArgumentException(
                $"Storage__NamePrefix must be empty here, because queue triggers have fixed names; found '{options.NamePrefix}'.");
        }

        return services
            .AddSingleton(provider => new StorageConnection(options, provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<InteractionLog>()
            .AddSingleton<InteractionQueue>()
            .AddSingleton<ImpressionLog>()
            .AddSingleton<SlateShadows>()
            .AddSingleton<ImpressionQueue>()
            .AddSingleton<PoisonMessages>()
            .AddSingleton<ItemStore>()
            .AddSingleton<ModelRegistry>()
            .AddSingleton<SnapshotStore>()
            .AddSingleton<RunLog>()
            .AddSingleton<InsightsLog>()
            .AddHostedService<StorageStart>();
    }
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
                // The instance starts all the same, so that GET /api/health can say what is wrong.
                log.LogError(e, "Storage cannot be reached; the next attempt is in {Pause}.", Pause);
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }
}
