using SasRec.Core.Model;
using SasRec.Core.Sequences;

namespace SasRec.Trainer.Train;

/// <summary>Creates an engine at its first step.</summary>
/// <param name="data">The training data.</param>
/// <param name="initial">The weights to start from.</param>
/// <param name="options">How to train.</param>
delegate TrainingEngine EngineFactory(SequenceDataset data, SasRecWeights initial, TrainingOptions options);

/// <summary>One training: epochs, validation, early stopping, checkpoints and progress, whatever the engine.</summary>
sealed class TrainingRun : IDisposable
{
    static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan SaveEvery = TimeSpan.FromMinutes(1);

    readonly TrainingOptions options;
    readonly Func<SasRecWeights, double>? validate;
    readonly IProgress<TrainingProgress>? progress;
    readonly TimeProvider time;
    readonly Checkpoint? checkpoint;
    readonly SasRecWeights current;
    readonly TrainingEngine engine;
    readonly TrainingState state = new();
    readonly int[] users;
    readonly int[] order;
    readonly long begun;
    long lastReport;
    long lastSave;
    TimeSpan epochTime;

    public TrainingRun(
        EngineFactory create, SequenceDataset data, SasRecWeights initial, TrainingOptions options, Func<SasRecWeights, double>? validate,
        IProgress<TrainingProgress>? progress, string? checkpointFolder, TimeProvider time)
    {
        (this.options, this.validate, this.progress, this.time) = (options, validate, progress, time);
        users = [.. Enumerable.Range(0, data.UserCount).Where(user => data.Items(user).Length >= 2)];
        if (users.Length == 0)
        {
            throw new ArgumentException("No history has two interactions, so there is nothing to learn from.", nameof(data));
        }

        (current, order) = (initial, [.. users]);
        engine = create(data, initial, options);
        begun = lastReport = lastSave = time.GetTimestamp();
        if (checkpointFolder is not null)
        {
            checkpoint = new Checkpoint(checkpointFolder, Checkpoint.Fingerprint(data, initial, options));
            checkpoint.Restore(engine, state);
        }
    }

    int Steps => (users.Length + options.BatchSize - 1) / options.BatchSize;

    TimeSpan Elapsed => state.EarlierSittings + time.GetElapsedTime(begun);

    public TrainingResult ToEnd(CancellationToken cancellationToken)
    {
        try
        {
            while (state.Epoch < options.Epochs && !OutOfPatience())
            {
                Epoch(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            Save();
            throw;
        }

        return state.Best is null
            ? new TrainingResult(state.Average!, state.Epoch, null, state.Curve)
            : new TrainingResult(state.Best, state.BestEpoch, state.BestMetric, state.Curve);
    }

    public void Dispose() => engine.Dispose();

    bool OutOfPatience() => state.Best is not null && state.Epoch - state.BestEpoch >= options.Patience;

    void Epoch(CancellationToken cancellationToken)
    {
        users.CopyTo(order, 0);
        CounterRandom.Shuffle(order, CounterRandom.Bits(~options.Seed, (ulong)state.Epoch));
        epochTime = TimeSpan.Zero;
        for (; state.StepOfEpoch < Steps; state.StepOfEpoch++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var start = time.GetTimestamp();
            var from = state.StepOfEpoch * options.BatchSize;
            var loss = engine.Step(order.AsSpan(from, Math.Min(options.BatchSize, order.Length - from)));
            epochTime += time.GetElapsedTime(start);
            if (!double.IsFinite(loss))
            {
                throw new InvalidOperationException(
                    $"The loss became {loss} in step {engine.StepCount}: a lower LearningRate than {options.LearningRate} may help.");
            }

            state.LossSum += loss * engine.Positions;
            state.Positions += engine.Positions;
            state.TimedPositions += engine.Positions;
            Report(force: false);
        }

        // From here to the end of the method a stop must not come between: the epoch is counted with its validation.
        var record = Close();
        state.Curve.Add(record);
        (state.Epoch, state.StepOfEpoch, state.LossSum, state.Positions, state.TimedPositions) = (state.Epoch + 1, 0, 0, 0, 0);
        Report(force: true);
        if (checkpoint is not null && time.GetElapsedTime(lastSave) >= SaveEvery)
        {
            Save();
        }
    }

    EpochRecord Close()
    {
        var epoch = state.Epoch + 1;
        double? metric = null;
        var rate = state.TimedPositions / Math.Max(epochTime.TotalSeconds, 1e-9);
        engine.Export(current);
        state.AddToAverage(current, options.Averaging);
        var average = state.Average!;
        if (validate is not null && (epoch % options.ValidateEvery == 0 || epoch == options.Epochs))
        {
            metric = validate(average);
            if (state.Best is null || metric > state.BestMetric)
            {
                (state.BestEpoch, state.BestMetric) = (epoch, metric);
                state.Best ??= average.Copy();
                average.Values.CopyTo(state.Best.Values, 0);
            }
        }

        return new EpochRecord(epoch, state.LossSum / state.Positions, metric, rate, Elapsed);
    }

    void Save()
    {
        lastSave = time.GetTimestamp();
        checkpoint?.Save(engine, state, Elapsed);
    }

    void Report(bool force)
    {
        if (progress is null || (!force && time.GetElapsedTime(lastReport) < ReportEvery))
        {
            return;
        }

        lastReport = time.GetTimestamp();
        var last = state.Curve.Count > 0 ? state.Curve[^1] : null;
        var fraction = (double)state.StepOfEpoch / Steps;
        var started = state.Positions > 0;
        var done = state.Epoch + fraction;
        progress.Report(new TrainingProgress(
            Math.Min(state.Epoch + 1, options.Epochs),
            options.Epochs,
            fraction,
            started ? state.LossSum / state.Positions : last?.Loss ?? 0,
            started ? state.TimedPositions / Math.Max(epochTime.TotalSeconds, 1e-9) : last?.PositionsPerSecond ?? 0,
            state.Curve.LastOrDefault(record => record.Metric is not null)?.Metric,
            state.BestMetric,
            state.BestEpoch,
            done > 0 ? Elapsed / done * (options.Epochs - done) : TimeSpan.Zero,
            [.. state.Curve]));
    }
}
