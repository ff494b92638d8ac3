using SasRec.Core.Model;

namespace SasRec.Core.Evaluate.Ranking;

/// <summary>Scores by chance: what an order at random is worth.</summary>
/// <param name="itemCount">V.</param>
/// <param name="seed">The same seed gives the same scores.</param>
public sealed class ChanceScorer(int itemCount, ulong seed) : ISequenceScorer
{
    ulong drawn;

    /// <inheritdoc/>
    public int ItemCount => itemCount;

    /// <inheritdoc/>
    public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
    {
        ArgumentNullException.ThrowIfNull(histories);
        foreach (ref var score in scores.Span[..(histories.Count * itemCount)])
        {
            score = (float)CounterRandom.Uniform(seed, drawn++);
        }
    }
}
