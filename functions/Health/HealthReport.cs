using System.Text.Json.Serialization;
using SasRec.Storage.Training;

namespace SasRec.Functions.Health;

/// <summary>The health of the application.</summary>
/// <param name="Status">"healthy"; "degraded" where it works but an operator should look; "unhealthy" where it does not work.</param>
/// <param name="CheckedAt">When the checks ran.</param>
/// <param name="Problems">What an operator should look at, one sentence each.</param>
/// <param name="Storage">Which services of the storage account answer.</param>
/// <param name="Model">The model of this instance.</param>
/// <param name="Queues">By queue; null where it could not be read.</param>
/// <param name="LastRetrain">The newest run; null where there is none, or where it could not be read.</param>
/// <param name="Space">The space that all of this is of; null, and left out, for the default one.</param>
sealed record HealthReport(
    string Status,
    DateTimeOffset CheckedAt,
    IReadOnlyList<string> Problems,
    StorageHealth Storage,
    ModelHealth Model,
    IReadOnlyDictionary<string, QueueHealth?> Queues,
    RetrainHealth? LastRetrain,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Space)
{
    /// <summary>Whether the application works.</summary>
    [JsonIgnore]
    public bool Works => Status != "unhealthy";
}

/// <summary>What anybody may know.</summary>
/// <param name="Status">"ready" where the application works; "alive" where it only answers.</param>
sealed record Liveness(string Status);

/// <summary>Whether each service of the storage account answers.</summary>
sealed record StorageHealth(bool Blobs, bool Queues, bool Tables);

/// <summary>The model of this instance.</summary>
/// <param name="Serving">The version in memory; null for none.</param>
/// <param name="Wanted">The version that should serve; null where none is published.</param>
/// <param name="AgeSeconds">How old the version in memory is.</param>
/// <param name="Failure">Why the wanted version does not serve; null where it does.</param>
/// <param name="Response">Whether a response model takes part in its scores, and why; null where its manifest does not say.</param>
sealed record ModelHealth(string? Serving, string? Wanted, double? AgeSeconds, string? Failure, string? Response);

/// <summary>One queue.</summary>
/// <param name="Waiting">About how many messages wait or are being processed.</param>
/// <param name="Poison">About how many failed repeatedly and were set aside.</param>
sealed record QueueHealth(int Waiting, int Poison);

/// <summary>The newest retrain run.</summary>
sealed record RetrainHealth(
    string RunId, string Trigger, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, RunOutcome Outcome, string? ModelVersion, string? Error);
