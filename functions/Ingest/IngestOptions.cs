using SasRec.Core;

namespace SasRec.Functions.Ingest;

/// <summary>How much one POST /api/events may bring: section <c>Ingest</c> of the settings.</summary>
public sealed record IngestOptions
{
    /// <summary>The most interactions in one request, 1 to 10,000.</summary>
    public int MaxEvents { get; init; } = 1000;

    /// <summary>The largest body in bytes, 1,024 to 64 MiB. The default holds 1,000 events whose every field is as long as it may be.</summary>
    public int MaxBodyBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public IngestOptions Validated()
    {
        OptionRange.Require("Ingest__MaxEvents", MaxEvents, 1, 10_000);
        OptionRange.Require("Ingest__MaxBodyBytes", MaxBodyBytes, 1024, 64 * 1024 * 1024);
        return this;
    }
}
