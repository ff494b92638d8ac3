using System.Numerics;

namespace SasRec.Core.Evaluate.Ranking;

/// <summary>The k best of a row of scores, without sorting all of them.</summary>
static class TopItems
{
    /// <summary>Finds the k best items that are not in the history.</summary>
    /// <param name="scores">[V]: overwritten at the history's items. Scores that are not a number are never chosen.</param>
    /// <param name="history">The items that are not eligible.</param>
    /// <param name="best">Filled with the best items, best first; ties by lower index.</param>
    /// <param name="bestScores">As long as <paramref name="best"/>: the scores.</param>
    /// <returns>How many were found: fewer than asked for where fewer are eligible.</returns>
    public static int Find(Span<float> scores, ReadOnlySpan<int> history, Span<int> best, Span<float> bestScores)
    {
        foreach (var item in history)
        {
            scores[item] = float.NaN;
        }

        var found = 0;
        var floor = float.NegativeInfinity;
        var i = 0;
        while (i < scores.Length)
        {
            // Most of an item vocabulary is below the floor: skip it a vector at a time.
            if (found == best.Length && i <= scores.Length - Vector<float>.Count
                && !Vector.GreaterThanAny(new Vector<float>(scores[i..]), new Vector<float>(floor)))
            {
                i += Vector<float>.Count;
                continue;
            }

            var end = Math.Min(scores.Length, i + Vector<float>.Count);
            for (; i < end; i++)
            {
                if (found < best.Length ? !float.IsNaN(scores[i]) : scores[i] > floor)
                {
                    found = Math.Min(found + 1, best.Length);
                    Insert(best[..found], bestScores[..found], i, scores[i]);
                    floor = bestScores[found - 1];
                }
            }
        }

        return found;
    }

    /// <summary>Puts an item where it belongs; what stood last goes.</summary>
    static void Insert(Span<int> best, Span<float> bestScores, int item, float score)
    {
        var place = best.Length - 1;
        for (; place > 0 && bestScores[place - 1] < score; place--)
        {
            (best[place], bestScores[place]) = (best[place - 1], bestScores[place - 1]);
        }

        (best[place], bestScores[place]) = (item, score);
    }
}
