using System.Text.Json.Serialization;
using SasRec.Core.Experiments;

namespace SasRec.Storage.Experiments;

/// <summary>Every experiment, and who changed it: <c>experiments.json</c>.</summary>
public sealed record ExperimentBook
{
    /// <summary>The newest format that is known, and the one that is written.</summary>
    public const int KnownFormat = 1;

    /// <summary>The most experiments that are kept: one that is no longer needed is deleted.</summary>
    public const int MaxExperiments = 100;

    /// <summary>How many changes are remembered.</summary>
    public const int MaxHistory = 200;

    /// <summary>The format of this book.</summary>
    public int FormatVersion { get; init; }

    /// <summary>The number of the newest change; 0 before the first.</summary>
    public int Version { get; init; }

    /// <summary>The experiments, the last changed first.</summary>
    public IReadOnlyList<StoredExperiment> Experiments { get; init; } = [];

    /// <summary>The changes, newest first.</summary>
    public IReadOnlyList<ExperimentChange> History { get; init; } = [];

    /// <summary>Those that run.</summary>
    [JsonIgnore]
    public IEnumerable<StoredExperiment> Running => Experiments.Where(stored => stored.State == ExperimentState.Running);

    /// <summary>An experiment; null where there is none.</summary>
    public StoredExperiment? Of(string id) => Experiments.FirstOrDefault(stored => stored.Experiment.Id == id);

    /// <summary>The book with a new experiment, or with another plan of one that has not started.</summary>
    /// <exception cref="ExperimentRefusedException">It has started, or there are too many.</exception>
    public ExperimentBook Put(Experiment experiment, ExperimentChange change)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        if (Of(experiment.Id) is { State: not ExperimentState.Draft } started)
        {
            throw new ExperimentRefusedException(
                $"The experiment '{experiment.Id}' {Words(started.State)}.", "Its arms stay what they were, or its figures would mean nothing. Put another one.");
        }

        return Of(experiment.Id) is null && Experiments.Count >= MaxExperiments
            ? throw new ExperimentRefusedException($"There are {MaxExperiments} experiments already.", "Delete one that is no longer needed.")
            : With(new StoredExperiment(experiment, ExperimentState.Draft, 0), change with { Plan = experiment });
    }

    /// <summary>The book after an experiment has begun.</summary>
    /// <param name="id">Which.</param>
    /// <param name="change">Who begins it, and why.</param>
    /// <param name="maxModels">The most models that running experiments may name.</param>
    /// <exception cref="ExperimentRefusedException">It is no draft, it collides with one that runs, or there are too many models.</exception>
    public ExperimentBook Start(string id, ExperimentChange change, int maxModels)
    {
        ArgumentNullException.ThrowIfNull(change);
        var stored = Known(id);
        if (stored.State != ExperimentState.Draft)
        {
            throw new ExperimentRefusedException($"The experiment '{id}' {Words(stored.State)}.", "Put another one: with another id users are assigned anew.");
        }

        if (Running.FirstOrDefault(other => other.Experiment.Collides(stored.Experiment)) is { } other)
        {
            throw new ExperimentRefusedException(
                $"The experiment '{other.Experiment.Id}' changes the same at the same placement.", "Stop it first, or give one of them another placement.");
        }

        string[] models = [.. Running.Append(stored).SelectMany(running => running.Experiment.Models).Distinct()];
        return models.Length > maxModels
            ? throw new ExperimentRefusedException(
                $"Running experiments would need {models.Length} models in memory; the most is {maxModels}, Experiments__MaxModels.", "Stop another one first.")
            : With(stored with { State = ExperimentState.Running, StartedAt = change.At }, change);
    }

    /// <summary>The book after an experiment has ended without a change for anybody.</summary>
    /// <exception cref="ExperimentRefusedException">It does not run.</exception>
    public ExperimentBook Stop(string id, ExperimentChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var stored = Known(id);
        return stored.State == ExperimentState.Running
            ? With(stored with { State = ExperimentState.Stopped, StoppedAt = change.At }, change)
            : throw new ExperimentRefusedException($"The experiment '{id}' {Words(stored.State)}.", "Only one that runs can be stopped.");
    }

    /// <summary>The book after an arm was given to everybody.</summary>
    /// <exception cref="ExperimentRefusedException">It has not started, was shipped already, or has no such arm.</exception>
    public ExperimentBook Ship(string id, string arm, ExperimentChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var stored = Shippable(id, arm);
        return With(stored with { State = ExperimentState.Shipped, StoppedAt = stored.StoppedAt ?? change.At, ShippedArm = arm }, change);
    }

    /// <summary>An experiment of which an arm can be shipped.</summary>
    /// <exception cref="ExperimentRefusedException">It has not started, was shipped already, or has no such arm.</exception>
    public StoredExperiment Shippable(string id, string arm)
    {
        var stored = Known(id);
        return stored.State is ExperimentState.Draft or ExperimentState.Shipped
            ? throw new ExperimentRefusedException($"The experiment '{id}' {Words(stored.State)}.", "One that runs or was stopped can be shipped.")
            : stored.Experiment.Arm(arm) is null
            ? throw new ExperimentRefusedException($"The experiment '{id}' has no arm '{arm}'.", $"Its arms are {string.Join(", ", stored.Experiment.Arms.Select(one => one.Name))}.")
            : stored;
    }

    /// <summary>The book without an experiment.</summary>
    /// <exception cref="ExperimentRefusedException">It runs.</exception>
    public ExperimentBook Delete(string id, ExperimentChange change)
    {
        if (Known(id).State == ExperimentState.Running)
        {
            throw new ExperimentRefusedException($"The experiment '{id}' runs.", "Stop it first.");
        }

        return Changed(change) with { Experiments = [.. Experiments.Where(stored => stored.Experiment.Id != id)] };
    }

    StoredExperiment Known(string id) => Of(id) ?? throw new UnknownExperimentException(id);

    ExperimentBook With(StoredExperiment stored, ExperimentChange change) => Changed(change) with
    {
        Experiments = [stored with { Version = Version + 1 }, .. Experiments.Where(other => other.Experiment.Id != stored.Experiment.Id)],
    };

    ExperimentBook Changed(ExperimentChange change) => this with
    {
        FormatVersion = KnownFormat,
        Version = Version + 1,
        History = [change with { Version = Version + 1 }, .. History.Take(MaxHistory - 1)],
    };

    static string Words(ExperimentState state) => state switch
    {
        ExperimentState.Draft => "has not started",
        ExperimentState.Running => "runs",
        ExperimentState.Stopped => "was stopped",
        _ => "was shipped",
    };
}

/// <summary>How far an experiment is.</summary>
public enum ExperimentState
{
    /// <summary>It is planned; nobody is assigned.</summary>
    Draft,

    /// <summary>Users are assigned.</summary>
    Running,

    /// <summary>It has ended, and everybody is served as before.</summary>
    Stopped,

    /// <summary>It has ended, and everybody is served as one arm was.</summary>
    Shipped,
}

/// <summary>An experiment and how far it is.</summary>
/// <param name="Experiment">The plan.</param>
/// <param name="State">How far it is.</param>
/// <param name="Version">The number of its newest change.</param>
public sealed record StoredExperiment(Experiment Experiment, ExperimentState State, int Version)
{
    /// <summary>When it began, in UTC; null for a draft.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended, in UTC; null before.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>The arm that everybody gets; null for none.</summary>
    public string? ShippedArm { get; init; }
}

/// <summary>One change.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Experiment">Of which experiment.</param>
/// <param name="What">"put", "start", "stop", "ship" or "delete".</param>
/// <param name="By">Who made it.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When, in UTC.</param>
public sealed record ExperimentChange(int Version, string Experiment, string What, string By, string Reason, DateTimeOffset At)
{
    /// <summary>What was put; null for another change.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Experiment? Plan { get; init; }

    /// <summary>What was shipped; null for another change.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Arm { get; init; }
}
