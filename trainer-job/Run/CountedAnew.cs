using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Storage.Models;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Publish;

namespace SasRec.Trainer.Run;

/// <summary>A published network with what is counted beside it, on other data than it was trained on.</summary>
/// <param name="Weights">The network with the popularity prior, without a response model.</param>
/// <param name="Items">Its items, with their counts.</param>
/// <param name="Neighbours">The counts of item pairs.</param>
sealed record CountedAnew(SasRecWeights Weights, ModelItems Items, ItemNeighbours Neighbours)
{
    /// <summary>Counts; pairs and prior weigh what the network's training chose. Items that the network does not know are left out.</summary>
    /// <param name="manifest">The model.</param>
    /// <param name="files">Its files.</param>
    /// <param name="own">Its items.</param>
    /// <param name="items">The items of the data.</param>
    /// <param name="data">What is counted.</param>
    /// <param name="cancellation">Ends the counting.</param>
    public static CountedAnew Of(
        ModelManifest manifest, ModelFolder files, ItemVocabulary own, ItemVocabulary items, SequenceDataset data, CancellationToken cancellation)
    {
        int[] places = [.. items.Ids.Select(id => own.TryGetIndex(id, out var index) ? index : -1)];
        var known = data.Renumbered(places, own.Count);
        var strengths = files.ReadNeighbours()?.Strengths ?? NeighbourStrengths.None;
        return new CountedAnew(
            ItemPrior.On(files.ReadWeights(), known, Manifests.NumberOf(manifest, TrainingPlan.PriorKey) ?? 0),
            ModelItems.Of(own, known),
            NeighbourCounter.Count(known, strengths, cancellation: cancellation));
    }
}
