using SasRec.Core.Options;

namespace SasRec.Functions.Ingest;

/// <summary>The limits of one request to POST /api/events.</summary>
[Section("Ingest")]
sealed record IngestOptions
{
    /// <summary>The maximum number of interactions in one request.</summary>
    [Range(1, 10_000)]
    public int MaxEvents { get; init; } = 1000;

    /// <summary>The maximum size of a request body, in bytes. The default holds 1,000 events whose every field has its maximum length.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxBodyBytes { get; init; } = 8 * 1024 * 1024;
}
