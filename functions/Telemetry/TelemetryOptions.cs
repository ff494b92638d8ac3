using SasRec.Core;

namespace SasRec.Functions.Telemetry;

/// <summary>How much is told of the requests: section <c>Telemetry</c> of the settings.</summary>
public sealed record TelemetryOptions
{
    /// <summary>The share of traces that are sent, 0 to 1; each is sent whole or not at all. Metrics do not depend on it.</summary>
    public double SampledShare { get; init; } = 1;

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public TelemetryOptions Validated()
    {
        OptionRange.Require("Telemetry__SampledShare", SampledShare, 0, 1);
        return this;
    }
}
