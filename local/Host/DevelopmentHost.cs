using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SasRec.Host.Http;
using SasRec.Host.Listeners;
using SasRec.Host.Settings;
using SasRec.Host.Worker;

namespace SasRec.Host;

/// <summary>One functions app from start to end: the worker, then the web server, then the listeners; backwards at the end.</summary>
sealed class DevelopmentHost(HostSettings settings, ILoggerFactory loggers)
{
    const int WorkerEnded = 1;
    static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    readonly ILogger log = loggers.CreateLogger("Host.Startup");

    /// <summary>Runs until <paramref name="stopping"/> or until the worker ends.</summary>
    /// <returns>0 after an orderly stop; 1 if the worker ended by itself.</returns>
    /// <exception cref="InvalidDataException">The app or its settings are wrong.</exception>
    public async Task<int> RunAsync(CancellationToken stopping)
    {
        var id = Guid.NewGuid().ToString("N");
        using var channel = new WorkerChannel(id, loggers);
        var (server, address) = await WorkerServer.StartAsync(channel, stopping);
        await using var _ = server;
        await using var worker = WorkerProcess.Start(settings.AppFolder, settings.AppSettings, address, id);
        using var running = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Console.WriteLine($"Worker: process {worker.Id}");
        var exit = CancelAtExitAsync(worker, running);
        try
        {
            await ServeAsync(channel, running.Token);
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            // Asked to stop while it started, or the worker ended.
        }
        finally
        {
            if (!exit.IsCompleted)
            {
                await channel.TerminateAsync(settings.StopTimeout);
            }

            await worker.StopAsync(settings.StopTimeout);
        }

        if (stopping.IsCancellationRequested)
        {
            return 0;
        }

        log.LogError("The worker ended with exit code {ExitCode}.", await exit);
        return WorkerEnded;
    }

    async Task ServeAsync(WorkerChannel channel, CancellationToken running)
    {
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(running);
        starting.CancelAfter(StartTimeout);
        var functions = await channel.InitializeAsync(settings.AppFolder, starting.Token);
        await using var api = ApiServer.Build(settings, functions, channel, loggers);
        await api.StartAsync(running);
        Notice(api, functions);
        var listening = new ListenerHost(settings, functions, channel, loggers).RunAsync(running);
        await Task.Delay(Timeout.Infinite, running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Requests and messages in hand are finished; new ones are not taken.
        using var grace = new CancellationTokenSource(settings.StopTimeout);
        await Task.WhenAll(api.StopAsync(grace.Token), listening);
    }

    void Notice(WebApplication api, IReadOnlyList<FunctionDefinition> functions)
    {
        var address = api.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var lines = functions.Select(function => function.Trigger switch
        {
            HttpTrigger http => $"    {function.Name}: [{string.Join(',', http.Methods)}] {address}/{ApiServer.Route(function, http, settings)}",
            QueueTrigger queue => $"    {function.Name}: queue {queue.Queue}",
            TimerTrigger timer => $"    {function.Name}: timer {timer.Schedule}",
            var other => $"    {function.Name}: {other}",
        });
        var keys = new FunctionKeys(settings.Configuration, settings.Scopes).Required
            ? "Function keys are required (Host.FunctionKey, Host.FunctionKeys, Host.Keys, Host.MasterKey)."
            : "No function key is required; set Host.FunctionKey in local.settings.json to require one.";

        // On standard output whatever the log level: whoever starts the host reads the address here.
        Console.WriteLine($"Development host for Azure Functions; not for production. Listening on {address}");
        log.LogInformation("{Keys}\nFunctions:\n{Functions}", keys, string.Join('\n', lines));
    }

    static async Task<int> CancelAtExitAsync(WorkerProcess worker, CancellationTokenSource running)
    {
        var code = await worker.ExitAsync(CancellationToken.None);
        await running.CancelAsync();
        return code;
    }
}
