using Azure.Core;

namespace Azure.Monitor.OpenTelemetry.Exporter;

/// <summary>Where Application Insights is, and who writes to it.</summary>
public class AzureMonitorExporterOptions : ClientOptions
{
    /// <summary>The connection string of the Application Insights resource.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Who writes.</summary>
    public TokenCredential? Credential { get; set; }
}
