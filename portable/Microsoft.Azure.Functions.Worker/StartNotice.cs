using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SasRec.Portable.LocalHost.Configuration;
using SasRec.Portable.LocalHost.Http;
using SasRec.Portable.LocalHost.Invocation;

namespace SasRec.Portable.LocalHost;

/// <summary>Says, once the host listens, what it is and which functions it runs.</summary>
sealed class StartNotice(
    IReadOnlyList<LocalFunction> functions, HostSettings host, IConfiguration settings, IServer server,
    IHostApplicationLifetime lifetime, ILoggerFactory loggers) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Say);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    void Say()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";
        var lines = functions.Select(f => f.Trigger is HttpTriggerAttribute http
            ? $"    {f.Name}: [{(http.Methods is { Length: > 0 } m ? string.Join(',', m).ToUpperInvariant() : "ANY")}] {address}/{HttpFunctions.Route(f, http, host)}"
            : $"    {f.Name}: {Kind(f)}");
        var keys = new FunctionKeys(settings).Required
            ? "Function keys are required (Host:FunctionKey, Host:MasterKey)."
            : "No function key is required; set Host:FunctionKey in local.settings.json to require one.";
        loggers.CreateLogger("Host.Startup").LogInformation(
            "Local development host for Azure Functions; not for production. Listening on {Address}\n{Keys}\nFunctions:\n{Functions}",
            address, keys, string.Join('\n', lines));
    }

    static string Kind(LocalFunction function) => function.Trigger switch
    {
        QueueTriggerAttribute queue => $"queue {queue.QueueName}",
        TimerTriggerAttribute timer => $"timer {timer.Schedule}",
        var other => other.GetType().Name,
    };
}
