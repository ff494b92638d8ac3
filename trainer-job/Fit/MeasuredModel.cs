using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Evaluate.Served;
using SasRec.Core.Explore;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Fit;

/// <summary>A trained model and how it and the baselines rank the same test cases.</summary>
/// <param name="Training">The training: weights, best epoch, curve.</param>
/// <param name="Report">The model on the test cases: the network and the counts of item pairs, without the popularity prior.</param>
/// <param name="Baselines">The baselines on the test cases, by name.</param>
/// <param name="Plan">The plan with the weights of the popularity prior and of the counts, as planned or chosen on validation.</param>
/// <param name="Exploration">What its drawn slates are worth, on validation, prior included; null where nothing was chosen there.</param>
/// <param name="Served">The slates that the default exploration serves, on the test, prior included; null where nothing was chosen.</param>
/// <param name="FirstEvidence">Measures what the gate judges it by where no model serves; null where nothing was chosen.</param>
sealed record MeasuredModel(
    TrainingResult Training,
    RankingReport Report,
    IReadOnlyDictionary<string, RankingReport> Baselines,
    TrainingPlan Plan,
    ExplorationCurve? Exploration = null,
    ServedRanking? Served = null,
    Func<GateEvidence>? FirstEvidence = null);
