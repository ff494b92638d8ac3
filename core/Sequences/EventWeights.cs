using SasRec.Core.Events;

namespace SasRec.Core.Sequences;

/// <summary>How much each row of a dataset in the making counts, and which turn their item down.</summary>
sealed class EventWeights
{
    const float Down = -1;

    readonly List<float> weights = []; // Empty, or one of each row so far; rows behind its end count 1.

    /// <summary>Whether all rows count 1.</summary>
    public bool IsEmpty => weights.Count == 0;

    /// <summary>The row's weight.</summary>
    public float this[int row] => row < weights.Count ? weights[row] : 1;

    /// <summary>Whether the row's event turns its item down.</summary>
    public bool TurnsDown(int row) => this[row] == Down;

    /// <summary>Notes what a row means; rows come in ascending order, and rows between count 1.</summary>
    public void Set(int row, EventMeaning meaning)
    {
        var weight = meaning.Feedback == Feedback.Negative ? Down : meaning.Weight;
        if (weight != 1)
        {
            while (weights.Count < row)
            {
                weights.Add(1);
            }

            weights.Add(weight);
        }
    }
}
