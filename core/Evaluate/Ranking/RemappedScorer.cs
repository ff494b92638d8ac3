using SasRec.Core.Sequences;

namespace SasRec.Core.Evaluate.Ranking;

/// <summary>A model asked about a dataset whose item vocabulary is not its own: an older model about newer data.</summary>
/// <remarks>
/// What the model does not know it neither sees in a history nor ranks: such items stand below all others. A history of which it knows
/// nothing is answered as it would be served, by popularity.
/// </remarks>
public sealed class RemappedScorer : ISequenceScorer
{
    readonly ISequenceScorer model;
    readonly ModelItems own;
    readonly int[] ownIndex;

    /// <summary>Lays a model's item vocabulary over another.</summary>
    /// <param name="model">The model.</param>
    /// <param name="own">The model's item vocabulary.</param>
    /// <param name="asked">The item vocabulary of the dataset.</param>
    public RemappedScorer(ISequenceScorer model, ModelItems own, ItemVocabulary asked)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(asked);
        if (model.ItemCount != own.Items.Count)
        {
            throw new ArgumentException($"The model knows {model.ItemCount} items, its item vocabulary has {own.Items.Count}.", nameof(own));
        }

        (this.model, this.own) = (model, own);
        ownIndex = [.. asked.Ids.Select(id => own.Items.TryGetIndex(id, out var index) ? index : -1)];
    }

    /// <inheritdoc/>
    public int ItemCount => ownIndex.Length;

    /// <inheritdoc/>
    public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
    {
        ArgumentNullException.ThrowIfNull(histories);
        var known = histories.Select(Known).ToArray();
        var asked = known.Where(history => history.Length > 0).ToArray();
        var ownScores = new float[asked.Length * own.Items.Count];
        model.Score(asked, ownScores);
        for (var (i, next) = (0, 0); i < known.Length; i++)
        {
            var row = scores.Span.Slice(i * ItemCount, ItemCount);
            if (known[i].Length > 0)
            {
                var from = ownScores.AsSpan(next++ * own.Items.Count, own.Items.Count);
                for (var item = 0; item < row.Length; item++)
                {
                    row[item] = ownIndex[item] < 0 ? float.NegativeInfinity : from[ownIndex[item]];
                }
            }
            else
            {
                for (var item = 0; item < row.Length; item++)
                {
                    row[item] = ownIndex[item] < 0 ? float.NegativeInfinity : own.Counts[ownIndex[item]];
                }
            }
        }
    }

    ReadOnlyMemory<int> Known(ReadOnlyMemory<int> history)
    {
        var known = new List<int>(history.Length);
        foreach (var item in history.Span)
        {
            if (ownIndex[item] >= 0)
            {
                known.Add(ownIndex[item]);
            }
        }

        return known.ToArray();
    }
}
