using SasRec.Trainer.Console;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Fit;

/// <summary>Shows training progress on a meter: rate, loss and validation metric; and forwards it.</summary>
/// <param name="meter">The meter, in epochs.</param>
/// <param name="k">The cutoff of the validation metric, NDCG@k.</param>
/// <param name="next">Also receives the progress; null for nothing.</param>
sealed class TrainingMeter(Meter meter, int k, IProgress<TrainingProgress>? next) : IProgress<TrainingProgress>
{
    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        var metric = value.BestMetric is { } best
            ? FormattableString.Invariant($", NDCG@{k} {value.Metric:0.0000} (best {best:0.0000} in epoch {value.BestEpoch})")
            : "";
        meter.Set(value.Epoch - 1 + value.EpochFraction, FormattableString.Invariant(
            $"{value.PositionsPerSecond:N0} positions/s, loss {value.Loss:0.0000}{metric}, at most {Meter.Duration(value.TimeLeft)} left"));
        next?.Report(value);
    }
}
