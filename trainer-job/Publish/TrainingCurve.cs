using System.Globalization;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Publish;

/// <summary>A training curve as CSV.</summary>
static class TrainingCurve
{
    /// <summary>Writes one row an epoch.</summary>
    public static Task WriteAsync(string path, IEnumerable<EpochRecord> curve, CancellationToken cancellation) => File.WriteAllLinesAsync(
        path,
        curve.Select(e => string.Create(
                CultureInfo.InvariantCulture, $"{e.Epoch},{e.Loss:R},{e.Metric:R},{e.PositionsPerSecond:0},{e.Elapsed.TotalSeconds:0.0}"))
            .Prepend("epoch,loss,validation_ndcg,positions_per_second,elapsed_seconds"),
        cancellation);
}
