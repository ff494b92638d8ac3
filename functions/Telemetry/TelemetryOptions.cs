using SasRec.Core.Options;

namespace SasRec.Functions.Telemetry;

/// <summary>Which traces are exported.</summary>
[Section("Telemetry")]
sealed record TelemetryOptions
{
    /// <summary>The share of traces that are exported; a trace is exported whole or not at all. Metrics are not sampled.</summary>
    [Range(0, 1)]
    public double SampledShare { get; init; } = 1;
}
