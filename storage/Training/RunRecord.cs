using SasRec.Core.Response;
using SasRec.Storage.Models;

namespace SasRec.Storage.Training;

/// <summary>What one retrain run did: <c>runs/{runId}.json</c>.</summary>
public sealed record RunRecord
{
    /// <summary>UTC time and a random part, so that names sort by time; from <see cref="RunLog.NewId"/>.</summary>
    public required string RunId { get; init; }

    /// <summary>What started it: "timer", "http", "command line".</summary>
    public required string Trigger { get; init; }

    /// <summary>The trace that it belongs to, as a W3C <c>traceparent</c>; null where nothing was traced.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Whether it trained nothing, and counted anew for the network that serves.</summary>
    public bool Refresh { get; init; }

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

    /// <summary>What became of the response model; null until the model is exported.</summary>
    public ResponseSummary? Response { get; init; }

    /// <summary>The model that it published.</summary>
    public string? ModelVersion { get; init; }

    /// <summary>What went wrong.</summary>
    public string? Error { get; init; }

    /// <summary>Where it stands, written every few seconds; null once it has ended.</summary>
    public RunProgress? Progress { get; init; }

    /// <summary>Every epoch trained so far, in the order in which they were trained.</summary>
    public IReadOnlyList<CurvePoint> Curve { get; init; } = [];
}

/// <summary>Where a run stands.</summary>
/// <param name="At">When this was written, in UTC: a run that has written nothing for a minute was killed.</param>
/// <param name="Phase">What it is at, named as in <see cref="RunRecord.PhaseSeconds"/>.</param>
/// <param name="Training">Where the phase's training stands; null before it begins, and in a phase that does not train.</param>
public sealed record RunProgress(DateTimeOffset At, string Phase, TrainingStand? Training);

/// <summary>Where training stands.</summary>
/// <param name="Epoch">The current epoch, 1 for the first.</param>
/// <param name="Epochs">The most epochs.</param>
/// <param name="EpochFraction">How much of the current epoch is done, 0 to 1.</param>
/// <param name="Loss">The mean loss of a position in this epoch so far.</param>
/// <param name="Metric">The newest validation NDCG@10; null before the first, and where nothing is validated.</param>
/// <param name="BestMetric">The best so far.</param>
/// <param name="BestEpoch">The epoch of the best so far; 0 before the first.</param>
/// <param name="PositionsPerSecond">Training positions, without padding or validation.</param>
/// <param name="SecondsLeft">Until this training ends, if all epochs are trained: early stopping may end it sooner.</param>
public sealed record TrainingStand(
    int Epoch,
    int Epochs,
    double EpochFraction,
    double Loss,
    double? Metric,
    double? BestMetric,
    int BestEpoch,
    double PositionsPerSecond,
    double SecondsLeft);

/// <summary>What an epoch came to.</summary>
/// <param name="Phase">The phase in which it was trained: a run trains more than once.</param>
/// <param name="Epoch">1 for the first of this training.</param>
/// <param name="Loss">The mean loss of a position.</param>
/// <param name="Metric">Validation NDCG@10; null where there was none after this epoch.</param>
/// <param name="PositionsPerSecond">Training positions, without padding or validation.</param>
/// <param name="Seconds">Since this training began.</param>
public sealed record CurvePoint(string Phase, int Epoch, double Loss, double? Metric, double PositionsPerSecond, double Seconds);

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    /// <summary>It has not ended. A record keeps saying so where its run was killed: <see cref="RunLog.StandingAsync"/> tells.</summary>
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

    /// <summary>It ended without a record: the lease that it had is free. This is found when the runs are listed.</summary>
    Died,
}
