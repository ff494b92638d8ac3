using Azure;
using SasRec.Storage.Telemetry;
using SasRec.Storage.Training;
using SasRec.Trainer.Console;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Run;

/// <summary>The record of a run while it works: phases, training curve, rate and time left, saved every few seconds.</summary>
/// <remarks>A save that fails is repeated a few seconds later; a run does not fail because of it.</remarks>
sealed class RunJournal : IProgress<TrainingProgress>
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(3);

    readonly RunLog runs;
    readonly Terminal terminal;
    readonly TaskCompletionSource stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Task writing;
    readonly Lock gate = new();
    readonly Dictionary<string, double> phaseSeconds = [];
    readonly List<CurvePoint> earlierPhases = [];
    RunRecord record;
    string phase = "start";
    TrainingProgress? training;

    RunJournal(RunLog runs, RunRecord record, Terminal terminal)
    {
        (this.runs, this.record, this.terminal) = (runs, record, terminal);
        writing = WriteAsync();
    }

    /// <summary>The record as it stands.</summary>
    public RunRecord Record
    {
        get
        {
            lock (gate)
            {
                return record;
            }
        }
    }

    /// <summary>Saves a run's first record, and keeps it up to date from then on.</summary>
    /// <param name="runs">Where records are stored.</param>
    /// <param name="record">The first record.</param>
    /// <param name="terminal">The clock; shows failures to save.</param>
    /// <param name="cancellation">Stops the first save.</param>
    public static async Task<RunJournal> BeginAsync(RunLog runs, RunRecord record, Terminal terminal, CancellationToken cancellation)
    {
        await runs.SaveAsync(record, cancellation);
        return new RunJournal(runs, record, terminal);
    }

    /// <summary>Changes the record.</summary>
    /// <param name="change">The record as it shall be.</param>
    public void Update(Func<RunRecord, RunRecord> change)
    {
        lock (gate)
        {
            record = change(record);
        }
    }

    /// <summary>Does one phase of the run; its name, duration and training curve become part of the record.</summary>
    /// <param name="name">The phase's name, also that of its span.</param>
    /// <param name="work">The work.</param>
    public async Task<T> PhaseAsync<T>(string name, Func<Task<T>> work)
    {
        var started = terminal.Time.GetTimestamp();
        lock (gate)
        {
            earlierPhases.AddRange(CurveOfPhase());
            (phase, training) = (name, null);
        }

        using var span = Instruments.Source.StartActivity(name);
        try
        {
            return await work();
        }
        finally
        {
            lock (gate)
            {
                phaseSeconds[name] = terminal.Time.GetElapsedTime(started).TotalSeconds;
            }
        }
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        RunTelemetry.Progress(value);
        lock (gate)
        {
            training = value;
        }
    }

    /// <summary>Saves the last record: whole, or not at all and with an exception. Nothing is saved after it.</summary>
    /// <param name="change">The last change; null for none.</param>
    public async Task<RunRecord> EndAsync(Func<RunRecord, RunRecord>? change = null)
    {
        stop.TrySetResult();
        await writing;
        Update(last => (change?.Invoke(last) ?? last) with
        {
            FinishedAt = terminal.Time.GetUtcNow(), PhaseSeconds = phaseSeconds, Curve = [.. earlierPhases, .. CurveOfPhase()],
        });
        await runs.SaveAsync(record, CancellationToken.None);
        RunTelemetry.Ended(record);
        return record;
    }

    async Task WriteAsync()
    {
        while (await Task.WhenAny(stop.Task, Task.Delay(Every, terminal.Time)) != stop.Task)
        {
            try
            {
                await runs.SaveAsync(Current());
            }
            catch (RequestFailedException e)
            {
                terminal.Say($"The run's record could not be saved; it is tried again: {e.Message}");
            }
        }
    }

    RunRecord Current()
    {
        lock (gate)
        {
            var stand = training is { } t
                ? new TrainingStand(
                    t.Epoch, t.Epochs, t.EpochFraction, t.Loss, t.Metric, t.BestMetric, t.BestEpoch, t.PositionsPerSecond,
                    t.TimeLeft.TotalSeconds)
                : null;
            return record with
            {
                Progress = new RunProgress(terminal.Time.GetUtcNow(), phase, stand), Curve = [.. earlierPhases, .. CurveOfPhase()],
            };
        }
    }

    IEnumerable<CurvePoint> CurveOfPhase() => training is null
        ? []
        : training.Curve.Select(e =>
            new CurvePoint(phase, e.Epoch, e.Loss, e.Metric, e.PositionsPerSecond, e.Elapsed.TotalSeconds));
}
