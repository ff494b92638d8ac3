using System.Numerics;
using System.Runtime.InteropServices;

namespace SasRec.Core.Evaluate.Ranking;

/// <summary>Finds the rank of an item among all items that a user has not acted on. Not for use from two threads at once.</summary>
/// <remarks>
/// rank = 1 + eligible items scored strictly higher + half of the other eligible items scored the same: the expected rank under a random
/// order of ties, so that a model that scores everything alike ranks in the middle and gains nothing. A score that is not a
/// number ranks below all others; a target with such a score is last.
/// </remarks>
/// <param name="itemCount">V.</param>
public sealed class RankCounter(int itemCount)
{
    readonly int[] mark = new int[itemCount];
    readonly List<int> excluded = [];
    int round;

    /// <summary>Ranks each target.</summary>
    /// <param name="scores">[V].</param>
    /// <param name="history">The user's items, which are not eligible; repeats count once.</param>
    /// <param name="targets">The items to rank; each is eligible even if it stands in the history.</param>
    /// <param name="ranks">[targets]: 1 to the number of eligible items, in halves.</param>
    public void Rank(ReadOnlySpan<float> scores, ReadOnlySpan<int> history, ReadOnlySpan<int> targets, Span<double> ranks)
    {
        Exclude(history, targets);
        for (var i = 0; i < targets.Length; i++)
        {
            var own = scores[targets[i]];
            if (float.IsNaN(own))
            {
                ranks[i] = itemCount - excluded.Count;
                continue;
            }

            var (higher, same) = Count(scores, own);
            foreach (var item in excluded)
            {
                higher -= scores[item] > own ? 1 : 0;
                same -= scores[item] == own ? 1 : 0;
            }

            ranks[i] = 1 + higher + ((same - 1) / 2.0);
        }
    }

    void Exclude(ReadOnlySpan<int> history, ReadOnlySpan<int> targets)
    {
        round++;
        excluded.Clear();
        foreach (var target in targets)
        {
            mark[target] = round;
        }

        foreach (var item in history)
        {
            if (mark[item] != round)
            {
                mark[item] = round;
                excluded.Add(item);
            }
        }
    }

    /// <summary>How many scores are above a value, and how many equal it.</summary>
    internal static (int Higher, int Same) Count(ReadOnlySpan<float> scores, float value)
    {
        var bound = new Vector<float>(value);
        var (higher, same) = (Vector<int>.Zero, Vector<int>.Zero);
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(scores);
        foreach (var vector in vectors)
        {
            // A comparison is all ones, which is -1.
            higher -= Vector.GreaterThan(vector, bound);
            same -= Vector.Equals(vector, bound);
        }

        var (higherCount, sameCount) = (Vector.Sum(higher), Vector.Sum(same));
        foreach (var score in scores[(vectors.Length * Vector<float>.Count)..])
        {
            higherCount += score > value ? 1 : 0;
            sameCount += score == value ? 1 : 0;
        }

        return (higherCount, sameCount);
    }
}
