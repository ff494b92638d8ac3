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

    /// <summary>Most acted on in the last days of the training data; null where it has no times.</summary>
    public static PopularityScorer? Recent(SequenceDataset train)
    {
        ArgumentNullException.ThrowIfNull(train);
        return train.HasTimes ? new PopularityScorer(ItemCounts.Recent(train, ItemCatalogue.RecentSpan)) : null;
    }

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
