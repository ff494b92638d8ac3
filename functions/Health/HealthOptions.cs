using SasRec.Core.Options;

namespace SasRec.Functions.Health;

/// <summary>How GET /api/health and GET /api/status check.</summary>
[Section("Health")]
sealed record HealthOptions
{
    /// <summary>The time limit of each check.</summary>
    [FormerName("Patience"), Range("00:00:00.1", "00:00:30")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a report is cached; the endpoint is public and each check costs.</summary>
    [Range("00:00:00", "00:01:00")]
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromSeconds(1);
}
