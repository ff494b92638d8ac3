using SasRec.Core.Sequences;
using SasRec.Storage.Models;
using SasRec.Trainer.Fit;

namespace SasRec.Trainer.Run;

/// <summary>What a run knows before it trains.</summary>
/// <param name="Data">The log as training sees it.</param>
/// <param name="Split">What of it is trained on, and what is held out.</param>
/// <param name="Champion">The model that serves; null for none.</param>
/// <param name="Anchor">The model that none of its successors may fall behind, often the champion; null where no model serves.</param>
/// <param name="Plan">How to train; the weight of the popularity prior may still be open.</param>
/// <param name="Start">The weights to start from.</param>
sealed record RunInput(
    InteractionDataset Data, LeaveOneOut Split, ModelManifest? Champion, ModelManifest? Anchor, TrainingPlan Plan, TrainingStart Start);

/// <summary>The challenger: a model measured on what it was not trained on, and the plan by which it is trained further.</summary>
/// <param name="Plan">The plan, with the weight of the popularity prior.</param>
/// <param name="Strict">The model that was trained on all but the last two actions of each user.</param>
sealed record Challenger(TrainingPlan Plan, MeasuredModel Strict)
{
    /// <summary>After how many epochs validation was best: what every further training takes.</summary>
    public int Epochs => Strict.Training.BestEpoch;
}
