using SasRec.Core.Evaluate.Ranking;

namespace SasRec.Trainer.Evaluate;

/// <summary>Ranks only some items: the others score negative infinity.</summary>
/// <param name="model">Scores all of them.</param>
/// <param name="known">[V]: whether an item is ranked.</param>
sealed class KnownItemsScorer(ISequenceScorer model, bool[] known) : ISequenceScorer
{
    /// <inheritdoc/>
    public int ItemCount => model.ItemCount;

    /// <inheritdoc/>
    public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
    {
        model.Score(histories, scores);
        var row = scores.Span;
        for (var i = 0; i < histories.Count * known.Length; i++)
        {
            row[i] = known[i % known.Length] ? row[i] : float.NegativeInfinity;
        }
    }
}
