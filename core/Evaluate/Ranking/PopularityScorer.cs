using SasRec.Core.Sequences;

namespace SasRec.Core.Evaluate.Ranking;

/// <summary>The baseline that every model has to beat: the same scores for everybody, an item's count.</summary>
public sealed class PopularityScorer : ISequenceScorer
{
    readonly float[] counts;

    /// <summary>A baseline from counts.</summary>
    /// <param name="counts">[V].</param>
    public PopularityScorer(ReadOnlySpan<int> counts)
    {
        this.counts = new float[counts.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            this.counts[i] = counts[i];
        }
    }

    /// <inheritdoc/>
    public int ItemCount => counts.Length;

    /// <summary>Most acted on in the training data.</summary>
    public static PopularityScorer AllTime(SequenceDataset train) => new(ItemCounts.AllTime(train));

    /// <summary>Most acted on in the last part of the training data, which must have times; without them all score alike.</summary>
    /// <param name="train">The training data.</param>
    /// <param name="span">How long before its newest action.</param>
    public static PopularityScorer Recent(SequenceDataset train, TimeSpan span) => new(ItemCounts.Recent(train, span));

    /// <inheritdoc/>
    public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
    {
        ArgumentNullException.ThrowIfNull(histories);
        for (var i = 0; i < histories.Count; i++)
        {
            counts.CopyTo(scores.Slice(i * counts.Length, counts.Length));
        }
    }
}
