using SasRec.Core.Model;

namespace SasRec.Trainer.Train;

/// <summary>What an epoch came to.</summary>
/// <param name="Epoch">1 for the first.</param>
/// <param name="Loss">The mean loss of a position.</param>
/// <param name="Metric">What the validation returned; null where there was none after this epoch.</param>
/// <param name="PositionsPerSecond">Training positions, without padding or validation.</param>
/// <param name="Elapsed">Since training began, earlier sittings included.</param>
public sealed record EpochRecord(int Epoch, double Loss, double? Metric, double PositionsPerSecond, TimeSpan Elapsed);

/// <summary>A trained network.</summary>
/// <param name="Weights">Those with the best metric; the last where nothing was validated.</param>
/// <param name="BestEpoch">After how many epochs they were taken: what a refit trains for.</param>
/// <param name="BestMetric">Their metric; null where nothing was validated.</param>
/// <param name="Curve">Every epoch.</param>
public sealed record TrainingResult(SasRecWeights Weights, int BestEpoch, double? BestMetric, IReadOnlyList<EpochRecord> Curve);

/// <summary>Where training stands.</summary>
/// <param name="Epoch">The current epoch, 1 for the first.</param>
/// <param name="Epochs">The most epochs.</param>
/// <param name="EpochFraction">How much of the current epoch is done, 0 to 1.</param>
/// <param name="Loss">The mean loss of a position in this epoch so far.</param>
/// <param name="PositionsPerSecond">In this epoch so far.</param>
/// <param name="Metric">The newest validation metric; null before the first.</param>
/// <param name="BestMetric">The best so far.</param>
/// <param name="BestEpoch">The epoch of the best so far; 0 before the first validation.</param>
/// <param name="TimeLeft">At this rate, if all epochs are trained.</param>
/// <param name="Curve">Every epoch that has ended.</param>
public sealed record TrainingProgress(
    int Epoch,
    int Epochs,
    double EpochFraction,
    double Loss,
    double PositionsPerSecond,
    double? Metric,
    double? BestMetric,
    int BestEpoch,
    TimeSpan TimeLeft,
    IReadOnlyList<EpochRecord> Curve);
