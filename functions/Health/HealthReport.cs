using SasRec.Storage.Training;

namespace SasRec.Functions.Health;

/// <summary>How the application is.</summary>
/// <param name="Status">"healthy"; "degraded" where it works and somebody should look; "unhealthy" where it does not work.</param>
/// <param name="CheckedAt">When this was found.</param>
/// <param name="Problems">What somebody should look at, one sentence each.</param>
/// <param name="Storage">Which services of the storage account answer.</param>
/// <param name="Model">What serves here.</param>
/// <param name="Queues">By queue; null where it could not be asked.</param>
/// <param name="LastRetrain">The newest run; null where there is none, or it could not be asked for.</param>
sealed record HealthReport(
    string Status,
    DateTimeOffset CheckedAt,
    IReadOnlyList<string> Problems,
    StorageHealth Storage,
    ModelHealth Model,
    IReadOnlyDictionary<string, QueueHealth?> Queues,
    RetrainHealth? LastRetrain);

/// <summary>Whether each service of the storage account answers.</summary>
sealed record StorageHealth(bool Blobs, bool Queues, bool Tables);

/// <summary>The model of this instance.</summary>
/// <param name="Serving">The version in memory; null for none.</param>
/// <param name="Wanted">The version that should serve; null where none is published.</param>
/// <param name="AgeSeconds">How old the version in memory is.</param>
/// <param name="Failure">Why another than the wanted version serves, or none; null where all is well.</param>
sealed record ModelHealth(string? Serving, string? Wanted, double? AgeSeconds, string? Failure);

/// <summary>One queue.</summary>
/// <param name="Waiting">About how many messages wait or are in work.</param>
/// <param name="Poison">About how many failed too often and are kept aside.</param>
sealed record QueueHealth(int Waiting, int Poison);

/// <summary>The newest retrain run.</summary>
sealed record RetrainHealth(
    string RunId, string Trigger, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, RunOutcome Outcome, string? ModelVersion, string? Error);
