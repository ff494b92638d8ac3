using System.Globalization;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Fit;

/// <summary>A network and how it is trained.</summary>
/// <param name="Config">The network.</param>
/// <param name="Options">How it is trained.</param>
/// <param name="PriorStrength">The weight of the popularity prior, see <see cref="ItemPrior"/>; null until it is chosen on validation.</param>
/// <param name="Neighbours">The weights of the counts of item pairs, see <see cref="ItemNeighbours"/>; null until they are chosen on
/// validation.</param>
sealed record TrainingPlan(
    SasRecConfig Config, TrainingOptions Options, double? PriorStrength = null, NeighbourStrengths? Neighbours = null)
{
    /// <summary>The counts of item pairs with the plan's weights; null where they add nothing.</summary>
    /// <param name="trainedOn">The data on which the network was trained.</param>
    /// <param name="cancellation">Stops the counting.</param>
    public ItemNeighbours? NeighboursOf(SequenceDataset trainedOn, CancellationToken cancellation) =>
        Neighbours is { Any: true } strengths ? NeighbourCounter.Count(trainedOn, strengths, cancellation) : null;

    /// <summary>How a plan trains, setting by setting, for the manifest.</summary>
    public Dictionary<string, string> Describe(int epochs) => new()
    {
        ["engine"] = Options.Engine.ToString().ToLowerInvariant(),
        ["epochs"] = epochs.ToString(CultureInfo.InvariantCulture),
        ["loss"] = Options.Loss.ToString(),
        ["negatives"] = Options.Negatives.ToString(CultureInfo.InvariantCulture),
        ["dropout"] = Options.Dropout.ToString(CultureInfo.InvariantCulture),
        ["batchSize"] = Options.BatchSize.ToString(CultureInfo.InvariantCulture),
        ["learningRate"] = Options.LearningRate.ToString(CultureInfo.InvariantCulture),
        ["averaging"] = Options.Averaging.ToString(CultureInfo.InvariantCulture),
        ["randomEnds"] = Options.RandomEnds.ToString(CultureInfo.InvariantCulture),
        ["seed"] = Options.Seed.ToString(CultureInfo.InvariantCulture),
        ["priorStrength"] = (PriorStrength ?? 0).ToString(CultureInfo.InvariantCulture),
        ["transitionStrength"] = (Neighbours?.Transitions ?? 0).ToString(CultureInfo.InvariantCulture),
        ["coOccurrenceStrength"] = (Neighbours?.CoOccurrences ?? 0).ToString(CultureInfo.InvariantCulture),
        ["threads"] = Options.Threads.ToString(CultureInfo.InvariantCulture),
    };
}
