using SasRec.Core.Sequences;

namespace SasRec.Core.Evaluate.Ranking;

/// <summary>A model over an item vocabulary of which it was trained on a part, asked as it would serve.</summary>
/// <remarks>
/// What it was never trained on it neither sees in a history nor scores, since as a published model it would not have it in its item vocabulary.
/// A history of which it knows nothing is answered by popularity, log(1 + interactions).
/// </remarks>
public sealed class TrainedItemsScorer : ISequenceScorer
{
    readonly ISequenceScorer model;
    readonly int[] counts;
    readonly float[] popularity;

    /// <summary>Wraps a model.</summary>
    /// <param name="model">The model, over the whole vocabulary.</param>
    /// <param name="trainedOn">What it was trained on, over the same item vocabulary.</param>
    public TrainedItemsScorer(ISequenceScorer model, SequenceDataset trainedOn)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(trainedOn);
        if (model.ItemCount != trainedOn.ItemCount)
        {
            throw new ArgumentException($"The model knows {model.ItemCount} items, the dataset has {trainedOn.ItemCount}.", nameof(trainedOn));
        }

        this.model = model;
        counts = ItemCounts.AllTime(trainedOn);
        popularity = [.. counts.Select(count => count > 0 ? MathF.Log(1 + count) : float.NegativeInfinity)];
    }

    /// <inheritdoc/>
    public int ItemCount => counts.Length;

    /// <inheritdoc/>
    public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
    {
        ArgumentNullException.ThrowIfNull(histories);
        var known = histories.Select(Known).ToArray();
        var asked = Enumerable.Range(0, known.Length).Where(i => known[i].Length > 0).ToArray();
        var own = new float[asked.Length * ItemCount];
        if (asked.Length > 0)
        {
            model.Score([.. asked.Select(i => known[i])], own);
        }

        for (var i = 0; i < known.Length; i++)
        {
            if (known[i].Length == 0)
            {
                popularity.CopyTo(scores.Span[(i * ItemCount)..]);
            }
        }

        for (var place = 0; place < asked.Length; place++)
        {
            var row = scores.Span.Slice(asked[place] * ItemCount, ItemCount);
            own.AsSpan(place * ItemCount, ItemCount).CopyTo(row);
            for (var item = 0; item < row.Length; item++)
            {
                row[item] = counts[item] > 0 ? row[item] : float.NegativeInfinity;
            }
        }
    }

    ReadOnlyMemory<int> Known(ReadOnlyMemory<int> history)
    {
        foreach (var item in history.Span)
        {
            if (counts[item] == 0)
            {
                return history.ToArray().Where(known => counts[known] > 0).ToArray();
            }
        }

        return history;
    }
}
