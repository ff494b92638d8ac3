using SasRec.Core.Evaluate.Ranking;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Fit;

/// <summary>A trained model and how it and the baselines rank the same test cases.</summary>
/// <param name="Training">The training: weights, best epoch, curve.</param>
/// <param name="Report">The network on the test cases, without the popularity prior.</param>
/// <param name="Baselines">The baselines on the test cases, by name.</param>
/// <param name="PriorStrength">The weight of the popularity prior (<see cref="ItemPrior"/>), as planned or chosen on validation.</param>
sealed record MeasuredModel(
    TrainingResult Training, RankingReport Report, IReadOnlyDictionary<string, RankingReport> Baselines, double PriorStrength);
