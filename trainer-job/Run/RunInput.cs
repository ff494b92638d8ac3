using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Sequences;
using SasRec.Storage.Models;
using SasRec.Trainer.Fit;

namespace SasRec.Trainer.Run;

/// <summary>What a run knows before it trains.</summary>
/// <param name="Data">The log as training sees it.</param>
/// <param name="Split">What of it is trained on, and what is held out.</param>
/// <param name="Champion">The model that serves; null for none.</param>
/// <param name="Plan">How to train; the weight of the popularity prior may still be open.</param>
/// <param name="Start">The weights to start from.</param>
sealed record RunInput(
    InteractionDataset Data, LeaveOneOut Split, ModelManifest? Champion, TrainingPlan Plan, TrainingStart Start);

/// <summary>The challenger: a model measured on what it was not trained on, and the plan by which it is trained further.</summary>
/// <param name="Plan">The plan, with the weight of the popularity prior.</param>
/// <param name="Strict">The model that was trained on all but the last two actions of each user.</param>
sealed record Challenger(TrainingPlan Plan, MeasuredModel Strict)
{
    /// <summary>After how many epochs validation was best: what every further training takes.</summary>
    public int Epochs => Strict.Training.BestEpoch;
}

/// <summary>Challenger and champion on what users did since the champion was trained.</summary>
/// <param name="Champion">The comparison, as the gate takes it.</param>
/// <param name="Refit">The challenger, trained further on all but the last action, on the whole test; null where it was not needed.</param>
sealed record NewActionsResult(ChampionComparison Champion, RankingReport? Refit);
