using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SasRec.Core.Options;
using SasRec.Storage;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Telemetry;

/// <summary>The export of traces and metrics.</summary>
static class TelemetryServices
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration) => services
        // A request's own log lines carry its path, and a path names a user.
        .AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning))
        .AddSingleton(OptionsReader.Read<TelemetryOptions>(configuration.AsEnumerable()))
        .AddHostedService<TelemetryStart>();
}

/// <summary>Exports telemetry while the application runs, and flushes it at the end.</summary>
sealed class TelemetryStart(TelemetryOptions options, IConfiguration configuration) : IHostedService, IDisposable
{
    TelemetryExport? export;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var identity = new DefaultAzureCredentialOptions { ManagedIdentityClientId = StorageOptions.Read(configuration.AsEnumerable()).ClientId };
        export = TelemetryExport.Start("sasrec-functions", configuration, () => new DefaultAzureCredential(identity), options.SampledShare);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => export?.Dispose();
}
