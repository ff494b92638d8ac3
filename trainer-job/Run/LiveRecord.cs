using Azure;
using SasRec.Storage.Training;
using SasRec.Trainer.Console;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Run;

/// <summary>Keeps the record of a run that is at work up to date: phase, training curve, rate and time left.</summary>
/// <remarks>What cannot be written now is written a few seconds later; a run does not fail for it.</remarks>
sealed class LiveRecord : IProgress<TrainingProgress>
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(3);

    readonly RunLog runs;
    readonly Func<RunRecord> record;
    readonly Terminal terminal;
    readonly TaskCompletionSource stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Task writing;
    readonly Lock gate = new();
    readonly List<CurvePoint> before = [];
    string phase = "start";
    TrainingProgress? training;

    /// <summary>Begins to write.</summary>
    /// <param name="runs">Where records are.</param>
    /// <param name="record">The record as the run knows it.</param>
    /// <param name="terminal">Its clock, and where failures are told.</param>
    public LiveRecord(RunLog runs, Func<RunRecord> record, Terminal terminal)
    {
        (this.runs, this.record, this.terminal) = (runs, record, terminal);
        writing = WriteAsync();
    }

    /// <summary>Every epoch trained so far.</summary>
    public IReadOnlyList<CurvePoint> Curve
    {
        get
        {
            lock (gate)
            {
                return [.. before, .. CurveOfPhase()];
            }
        }
    }

    /// <summary>A phase begins.</summary>
    public void Begin(string name)
    {
        lock (gate)
        {
            before.AddRange(CurveOfPhase());
            (phase, training) = (name, null);
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

    /// <summary>Writes no more; returns when what was being written is.</summary>
    public async Task StopAsync()
    {
        stop.TrySetResult();
        await writing;
    }

    async Task WriteAsync()
    {
        while (await Task.WhenAny(stop.Task, Task.Delay(Every, terminal.Time)) != stop.Task)
        {
            try
            {
                await runs.SaveAsync(record() with { Progress = Progress(), Curve = Curve });
            }
            catch (RequestFailedException e)
            {
                terminal.Say($"The run's record could not be written; it is tried again: {e.Message}");
            }
        }
    }

    RunProgress Progress()
    {
        lock (gate)
        {
            var stand = training is { } t
                ? new TrainingStand(
                    t.Epoch, t.Epochs, t.EpochFraction, t.Loss, t.Metric, t.BestMetric, t.BestEpoch, t.PositionsPerSecond,
                    t.TimeLeft.TotalSeconds)
                : null;
            return new RunProgress(terminal.Time.GetUtcNow(), phase, stand);
        }
    }

    IEnumerable<CurvePoint> CurveOfPhase() => training is null
        ? []
        : training.Curve.Select(e =>
            new CurvePoint(phase, e.Epoch, e.Loss, e.Metric, e.PositionsPerSecond, e.Elapsed.TotalSeconds));
}
