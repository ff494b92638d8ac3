using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Evaluate.Served;
using SasRec.Core.Explore;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Fit;

/// <summary>A trained model and how it and the baselines rank the same test cases.</summary>
/// <param name="Training">The training: weights, best epoch, curve.</param>
/// <param name="Report">The network on the test cases, without the popularity prior.</param>
/// <param name="Baselines">The baselines on the test cases, by name.</param>
/// <param name="PriorStrength">The weight of the popularity prior (<see cref="ItemPrior"/>), as planned or chosen on validation.</param>
/// <param name="Exploration">What its drawn slates are worth, on validation, prior included; null where nothing was chosen there.</param>
/// <param name="Served">The slates that the default exploration serves, on the test, prior included; null where nothing was chosen.</param>
sealed record MeasuredModel(
    TrainingResult Training,
    RankingReport Report,
    IReadOnlyDictionary<string, RankingReport> Baselines,
    double PriorStrength,
    ExplorationCurve? Exploration = null,
    ServedRanking? Served = null);
