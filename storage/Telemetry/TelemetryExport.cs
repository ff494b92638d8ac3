using System.Reflection;
using Azure.Core;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace SasRec.Storage.Telemetry;

/// <summary>Sends spans and measurements of this process out: by OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to, to
/// Application Insights where <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> does, nowhere else. Disposing it sends what is left.</summary>
public sealed class TelemetryExport : IDisposable
{
    /// <summary>The setting with the address of an OTLP receiver; beside it stand the other settings of OpenTelemetry's exporter.</summary>
    public const string OtlpSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The setting with the address of Application Insights.</summary>
    public const string InsightsSetting = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    // Beside our own: each request and each invocation, from ASP.NET Core and the Functions worker. Not the Azure clients: their spans
    // carry addresses, and an address in Table Storage names a user.
    static readonly string[] Sources = [Instruments.Name, "Microsoft.AspNetCore", "Microsoft.Azure.Functions.Worker"];
    static readonly string[] Meters = [Instruments.Name, "Microsoft.AspNetCore.Hosting"];

    readonly TracerProvider traces;
    readonly MeterProvider metrics;

    TelemetryExport(TracerProvider traces, MeterProvider metrics) => (this.traces, this.metrics) = (traces, metrics);

    /// <summary>Begins to send, if there is anywhere to send to.</summary>
    /// <param name="service">What this process is called: "sasrec-functions".</param>
    /// <param name="settings">Where the addresses and the other <c>OTEL_</c> settings are looked for.</param>
    /// <param name="identity">Makes who writes to Application Insights.</param>
    /// <param name="sampledShare">The share of traces that are sent, 0 to 1. A trace is sent whole or not at all, by every process
    /// with the same share; measurements do not depend on it.</param>
    /// <returns>The sender; null where there is nowhere to send to.</returns>
    public static TelemetryExport? Start(string service, IConfiguration settings, Func<TokenCredential> identity, double sampledShare = 1)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var otlp = settings[OtlpSetting] is { Length: > 0 };
        var insights = settings[InsightsSetting] is { Length: > 0 } address ? address : null;
        if (!otlp && insights is null)
        {
            return null;
        }

        var version = typeof(TelemetryExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        void Describe(ResourceBuilder resource) => resource.AddService(service, serviceVersion: version);
        var traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(settings))
            .ConfigureResource(Describe)
            .AddSource(Sources);
        var metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(settings))
            .ConfigureResource(Describe)
            .AddMeter(Meters);
        if (otlp)
        {
            traces.AddOtlpExporter();
            metrics.AddOtlpExporter();
        }

        if (insights is not null)
        {
            traces.AddAzureMonitorTraceExporter(Insights);
            metrics.AddAzureMonitorMetricExporter(Insights);
        }

        // By the trace's id alone: the Functions host hands its traces over as not recorded, which would drop all of them.
        traces.SetSampler(new TraceIdRatioBasedSampler(sampledShare));
        return new TelemetryExport(traces.Build(), metrics.Build());

        void Insights(AzureMonitorExporterOptions options) => (options.ConnectionString, options.Credential) = (insights, identity());
    }

    /// <summary>Sends what is left and ends.</summary>
    public void Dispose()
    {
        traces.Dispose();
        metrics.Dispose();
    }
}
