using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SasRec.Functions.StorageAccount;

namespace SasRec.Functions.Spaces;

/// <summary>The spaces, the default one too: each has all services of its own, so that what one holds no other can reach.</summary>
/// <param name="added">The services of each space by its name, without those that all have from the application.</param>
/// <param name="kept">Where the default space keeps on disk what it last read; empty for nowhere.</param>
/// <param name="application">The application's services, which know nothing of any space.</param>
sealed class SpaceSet(IReadOnlyDictionary<string, IServiceCollection> added, string kept, IServiceProvider application) : IHostedService, IAsyncDisposable
{
    readonly FrozenDictionary<string, ServiceProvider> spaces = added.ToFrozenDictionary(space => space.Key, space => space.Value
        .AddSingleton(application.GetRequiredService<IConfiguration>())
        .AddSingleton(application.GetRequiredService<ILoggerFactory>())
        .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
        .AddSingleton(application.GetRequiredService<TimeProvider>())
        .BuildServiceProvider());

    /// <summary>Whether there is no space but the default one.</summary>
    public bool OnlyDefault => spaces.Count == 1;

    /// <summary>The services of a space; null where there is none of the name.</summary>
    /// <param name="name">Its name; empty for the default one.</param>
    public ServiceProvider? Find(string name) => spaces.GetValueOrDefault(name);

    /// <summary>A service of every space.</summary>
    public IEnumerable<T> Every<T>()
        where T : notnull => spaces.Values.Select(space => space.GetRequiredService<T>());

    public Task StartAsync(CancellationToken cancellationToken)
    {
        KeptFolder.RemoveOthers(kept, spaces.Keys);
        return Task.WhenAll(spaces.Values.Select(async space =>
        {
            foreach (var service in space.GetServices<IHostedService>())
            {
                await service.StartAsync(cancellationToken);
                _ = WatchAsync((service as BackgroundService)?.ExecuteTask ?? Task.CompletedTask);
            }
        }));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(spaces.Values.Select(async space =>
    {
        foreach (var service in space.GetServices<IHostedService>().Reverse())
        {
            await service.StopAsync(cancellationToken);
        }
    }));

    public async ValueTask DisposeAsync()
    {
        foreach (var space in spaces.Values)
        {
            await space.DisposeAsync();
        }
    }

    // As the host does with services of its own: what must run and does not ends the process, and the platform starts another.
    async Task WatchAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            application.GetRequiredService<ILogger<SpaceSet>>().LogCritical(e, "A service in the background failed.");
            application.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        }
    }
}
