using SasRec.Storage.Models;

namespace SasRec.Storage.Training;

/// <summary>What one retrain run did: <c>runs/{runId}.json</c>.</summary>
public sealed record RunRecord
{
    /// <summary>UTC time and a random part, so that names sort by time; from <see cref="RunLog.NewId"/>.</summary>
    public required string RunId { get; init; }

    /// <summary>What started it: "timer", "http", "command line".</summary>
    public required string Trigger { get; init; }

    /// <summary>When it started, in UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended, in UTC; null while it runs, or where it was killed.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How it ended.</summary>
    public RunOutcome Outcome { get; init; }

    /// <summary>What it trained on.</summary>
    public DataRange? Data { get; init; }

    /// <summary>How long each phase took, in seconds: "snapshot", "train", "evaluate", "publish", ...</summary>
    public IReadOnlyDictionary<string, double> PhaseSeconds { get; init; } = new Dictionary<string, double>();

    /// <summary>The model's metrics by name.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Whether the model may go live, and why.</summary>
    public GateVerdict? Verdict { get; init; }

    /// <summary>The model that it published.</summary>
    public string? ModelVersion { get; init; }

    /// <summary>What went wrong.</summary>
    public string? Error { get; init; }
}

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    /// <summary>It has not ended, or was killed.</summary>
    Running,

    /// <summary>Too little was new.</summary>
    NothingNew,

    /// <summary>Its model serves.</summary>
    Published,

    /// <summary>The gate kept its model back.</summary>
    Refused,

    /// <summary>It was ended from outside.</summary>
    Cancelled,

    /// <summary>It failed.</summary>
    Failed,
}
