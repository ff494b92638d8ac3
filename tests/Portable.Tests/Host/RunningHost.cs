using System.Collections.Concurrent;
using System.Threading.Channels;
using Azure.Storage.Queues;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SasRec.Portable.LocalHost.Configuration;

namespace SasRec.Portable.Tests.Host;

/// <summary>A real host on a free port, for the function classes that a test gives it.</summary>
sealed class RunningHost : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly IHost host;
    readonly ScratchFolder folder;

    RunningHost(IHost host, ScratchFolder folder, Seen seen, HttpClient client) =>
        (this.host, this.folder, Seen, Client) = (host, folder, seen, client);

    /// <summary>What the functions noted.</summary>
    public Seen Seen { get; }

    /// <summary>A client whose base address is the host's.</summary>
    public HttpClient Client { get; }

    /// <summary>What the host logged, as "Level Category: message".</summary>
    public IReadOnlyCollection<string> Log => Seen.Log;

    public IServiceProvider Services => host.Services;

    public static async Task<RunningHost> StartAsync(
        Type functions, Dictionary<string, string?>? settings = null, string? hostJson = null, string? localSettings = null, TimeProvider? time = null)
    {
        var folder = new ScratchFolder();
        var seen = new Seen();
        var built = Build([functions], folder, seen, settings, hostJson, localSettings, time);
        await built.StartAsync();
        var address = built.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new RunningHost(built, folder, seen, new HttpClient { BaseAddress = new Uri(address), Timeout = Patience });
    }

    public static IHost Build(
        Type[] functions, ScratchFolder folder, Seen? seen = null, Dictionary<string, string?>? settings = null,
        string? hostJson = null, string? localSettings = null, TimeProvider? time = null)
    {
        File.WriteAllText(folder.File("host.json"), hostJson ?? """{ "version": "2.0" }""");
        if (localSettings is not null)
        {
            File.WriteAllText(folder.File("local.settings.json"), localSettings);
        }

        var builder = new FunctionsApplicationBuilder(functions, SettingsFiles.In(folder.Path), ["--port", "0"]);
        builder.ConfigureFunctionsWebApplication();
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(seen ?? new Seen());
        builder.Services.AddSingleton(seen ?? new Seen());
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddScoped<Visit>();
        return builder.Build();
    }

    /// <summary>Stops the host in order, within a time.</summary>
    public async Task StopAsync(TimeSpan within)
    {
        using var patience = new CancellationTokenSource(within);
        await host.StopAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromSeconds(5));
        Client.Dispose();
        host.Dispose();
        folder.Dispose();
    }
}

/// <summary>What functions note and hosts log, for a test to wait for.</summary>
sealed class Seen : ILoggerProvider
{
    readonly Channel<string> notes = Channel.CreateUnbounded<string>();

    public ConcurrentQueue<string> Log { get; } = [];

    public ConcurrentQueue<string> All { get; } = [];

    /// <summary>What a function waits for before it ends.</summary>
    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Note(string note)
    {
        All.Enqueue(note);
        notes.Writer.TryWrite(note);
    }

    /// <summary>The next note, waited for.</summary>
    public async Task<string> NextAsync() => await notes.Reader.ReadAsync().AsTask().WaitAsync(RunningHost.Patience);

    public ILogger CreateLogger(string categoryName) => new Line(this, categoryName);

    public void Dispose()
    {
    }

    sealed class Line(Seen seen, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            seen.Log.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception?.Message}");
    }
}

/// <summary>A scoped service: one for each invocation.</summary>
sealed class Visit : IDisposable
{
    public Guid Id { get; } = Guid.NewGuid();

    public bool Ended { get; private set; }

    public void Dispose() => Ended = true;
}

/// <summary>Waits on conditions and makes queues.</summary>
static class Wait
{
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var deadline = new CancellationTokenSource(RunningHost.Patience);
        while (!await condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"Waited in vain until {what}.");
            await Task.Delay(20);
        }
    }

    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    public static QueueClient Queue(this StorageEmulator storage, string name) => new(storage.ConnectionString, name);
}
