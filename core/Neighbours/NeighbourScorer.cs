using SasRec.Core.Evaluate.Ranking;

namespace SasRec.Core.Neighbours;

/// <summary>The counts of item pairs alone: the baseline that needs no training.</summary>
/// <param name="table">The counts.</param>
public sealed class NeighbourScorer(ItemNeighbours table) : ISequenceScorer
{
    /// <inheritdoc/>
    public int ItemCount => table.ItemCount;

    /// <inheritdoc/>
    public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
    {
        ArgumentNullException.ThrowIfNull(histories);
        scores.Span[..(histories.Count * ItemCount)].Clear();
        table.AddTo(histories, scores);
    }
}
