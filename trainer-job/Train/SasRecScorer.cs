using SasRec.Core.Model;

namespace SasRec.Trainer.Train;

/// <summary>Scores of every item after each of many histories, on all cores.</summary>
public sealed class SasRecScorer : IDisposable
{
    readonly SasRecWeights weights;

    /// <summary>A scorer for these weights, which must not change while it lives.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="threads">0 for one a core.</param>
    public SasRecScorer(SasRecWeights weights, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        this.weights = weights;
    }

    /// <summary>Scores all items after each history; of each history the newest MaxLength items count.</summary>
    /// <param name="histories">Each at least one item, oldest first.</param>
    /// <param name="scores">[histories, V], row-major.</param>
    public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(histories);
        var network = new ReferenceNetwork(weights);
        for (var h = 0; h < histories.Count; h++)
        {
            var items = histories[h].Span;
            items = items[Math.Max(0, items.Length - weights.Config.MaxLength)..];
            var hidden = network.Forward(items);
            for (var item = 0; item < weights.ItemCount; item++)
            {
                scores[h * weights.ItemCount + item] = (float)network.Score(hidden, items.Length - 1, item);
            }
        }
    }

    /// <summary>Each target's rank, 1 for the best, among all items that are not in its history; a tie counts against the target.</summary>
    /// <param name="histories">Each at least one item, oldest first; the whole history is left out of the ranking.</param>
    /// <param name="targets">[histories]: the item to rank.</param>
    /// <param name="ranks">[histories].</param>
    public void Rank(IReadOnlyList<ReadOnlyMemory<int>> histories, ReadOnlySpan<int> targets, Span<int> ranks)
    {
        ArgumentNullException.ThrowIfNull(histories);
        var scores = new float[weights.ItemCount];
        for (var h = 0; h < histories.Count; h++)
        {
            Score([histories[h]], scores);
            var target = scores[targets[h]];
            var rank = 1;
            for (var item = 0; item < scores.Length; item++)
            {
                rank += item != targets[h] && scores[item] >= target && !histories[h].Span.Contains(item) ? 1 : 0;
            }

            ranks[h] = rank;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => GC.SuppressFinalize(this);
}
