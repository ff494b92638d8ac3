using System.Numerics;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Sequences;

namespace SasRec.Core.Neighbours;

/// <summary>Chooses how much the counts of item pairs add to a scorer, on cases that neither has seen.</summary>
public static class NeighbourChoice
{
    const int Batch = 128;

    static readonly float[] Transitions = [0, 0.05f, 0.1f, 0.2f, 0.3f, 0.45f, 0.7f, 1, 1.5f, 3];
    static readonly float[] CoOccurrences = [0, 0.1f, 0.2f, 0.3f, 0.45f, 0.6f, 0.8f, 1.1f, 1.5f, 2.2f, 4, 8];

    /// <summary>
    /// The pair of strengths with the best NDCG@k, asked of all pairs of a grid; none where the best is less than one standard error of
    /// the paired difference above no counts at all.
    /// </summary>
    /// <param name="scorer">What the counts are added to.</param>
    /// <param name="table">The counts, of what the scorer was trained on.</param>
    /// <param name="cases">The cases; the first target of each is asked for.</param>
    /// <param name="k">The cutoff, 1 or more.</param>
    /// <param name="mostCases">How many cases at most: every n-th.</param>
    /// <param name="cancellation">Ends the choice.</param>
    public static NeighbourStrengths Choose(
        ISequenceScorer scorer, ItemNeighbours table, EvaluationCases cases, int k, int mostCases, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(cases);
        if (cases.Count == 0 || table.PairCount == 0)
        {
            return NeighbourStrengths.None;
        }

        var step = Math.Max(1, (cases.Count + mostCases - 1) / mostCases);
        var chosen = Enumerable.Range(0, (cases.Count + step - 1) / step).Select(i => i * step).ToArray();
        var histories = Array.ConvertAll(chosen, i => cases.Histories.ItemsMemory(cases.Users[i]));
        var ndcg = new float[chosen.Length][];
        var scores = new float[Batch * table.ItemCount];
        using var askers = new ThreadLocal<Asker>(() => new Asker(table, k));
        for (var start = 0; start < chosen.Length; start += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(Batch, chosen.Length - start);
            scorer.Score(new ArraySegment<ReadOnlyMemory<int>>(histories, start, count), scores.AsMemory(0, count * table.ItemCount));
            var first = start;
            Parallel.For(0, count, i => ndcg[first + i] = askers.Value!.Ask(
                scores.AsSpan(i * table.ItemCount, table.ItemCount), histories[first + i].Span, cases.Targets(chosen[first + i])[0],
                !cases.AsksForSeenItems));
        }

        return Best(ndcg);
    }

    static NeighbourStrengths Best(float[][] ndcg)
    {
        var best = Enumerable.Range(0, ndcg[0].Length).MaxBy(point => ndcg.Average(row => (double)row[point]));
        var gain = ndcg.Average(row => (double)row[best] - row[0]);
        var variance = ndcg.Average(row => Math.Pow((double)row[best] - row[0] - gain, 2));
        return gain * gain * ndcg.Length > variance
            ? new NeighbourStrengths(Math.Round(Transitions[best / CoOccurrences.Length], 3), Math.Round(CoOccurrences[best % CoOccurrences.Length], 3))
            : NeighbourStrengths.None;
    }

    /// <summary>Asks one case at a time of every pair of strengths.</summary>
    sealed class Asker(ItemNeighbours table, int k)
    {
        readonly ItemNeighbours.Sums sums = new(table.ItemCount);
        readonly float[] own = new float[table.ItemCount];

        /// <summary>[pairs of strengths]: NDCG@k.</summary>
        public float[] Ask(Span<float> scores, ReadOnlySpan<int> history, int target, bool leaveOutHistory)
        {
            var (score, t, c) = (scores[target], 0f, 0f);
            if (leaveOutHistory)
            {
                foreach (var item in history)
                {
                    scores[item] = float.NegativeInfinity;
                }
            }

            // What has counts is taken out of the row and compared by itself.
            sums.Of(table, history);
            scores[target] = float.NegativeInfinity;
            for (var i = 0; i < sums.Count; i++)
            {
                var item = sums.Items[i];
                (own[i], scores[item]) = (scores[item], float.NegativeInfinity);
                (t, c) = item == target ? (sums.LogTransitions[i], sums.LogCoOccurrences[i]) : (t, c);
            }

            var results = new float[Transitions.Length * CoOccurrences.Length];
            for (var point = 0; point < results.Length; point++)
            {
                var (a, b) = (Transitions[point / CoOccurrences.Length], CoOccurrences[point % CoOccurrences.Length]);
                var least = score + (a * t) + (b * c);
                var ((higher, same), (ownHigher, ownSame)) = (RankCounter.Count(scores, least), Count(a, b, least));
                results[point] = (float)RankingMetrics.Ndcg([1 + higher + ownHigher + ((same + ownSame) / 2.0)], k);
            }

            return results;
        }

        /// <summary>Of the items that have counts, how many are above a score, and how many equal it.</summary>
        (int Higher, int Same) Count(float a, float b, float least)
        {
            var (higher, same, i) = (0, 0, 0);
            for (; i <= sums.Count - Vector<float>.Count; i += Vector<float>.Count)
            {
                var sum = new Vector<float>(own, i) + (a * new Vector<float>(sums.LogTransitions, i)) + (b * new Vector<float>(sums.LogCoOccurrences, i));
                higher -= Vector.Sum(Vector.GreaterThan(sum, new Vector<float>(least)));
                same -= Vector.Sum(Vector.Equals(sum, new Vector<float>(least)));
            }

            for (; i < sums.Count; i++)
            {
                var sum = own[i] + (a * sums.LogTransitions[i]) + (b * sums.LogCoOccurrences[i]);
                higher += sum > least ? 1 : 0;
                same += sum == least ? 1 : 0;
            }

            return (higher, same);
        }
    }
}
