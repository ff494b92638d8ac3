using Azure.Core;
using global::OpenTelemetry.Metrics;
using global::OpenTelemetry.Trace;

namespace Azure.Monitor.OpenTelemetry.Exporter;

/// <summary>Refuses to send to Application Insights: nothing that is built with this in the package's place runs in Azure.</summary>
public static class AzureMonitorExporterExtensions
{
    /// <summary>Refuses to send spans.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static TracerProviderBuilder AddAzureMonitorTraceExporter(
        this TracerProviderBuilder builder,
        Action<AzureMonitorExporterOptions>? configure = null,
        TokenCredential? credential = null,
        string? name = null) => throw Refusal();

    /// <summary>Refuses to send measurements.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static MeterProviderBuilder AddAzureMonitorMetricExporter(
        this MeterProviderBuilder builder,
        Action<AzureMonitorExporterOptions>? configure = null,
        TokenCredential? credential = null,
        string? name = null) => throw Refusal();

    static NotSupportedException Refusal() => new(
        "APPLICATIONINSIGHTS_CONNECTION_STRING is set, and this build cannot write to Application Insights: build with -p:Feed=official, " +
        "or set OTEL_EXPORTER_OTLP_ENDPOINT in its place.");
}
