using System.Numerics.Tensors;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;

namespace SasRec.Trainer.Evaluate;

/// <summary>Asks cases of every point of a grid at once: network and counts score a case once, the points differ in how these are summed.
/// </summary>
/// <param name="network">The network without a prior.</param>
/// <param name="neighbours">Counts of item pairs, at full strength; null for none.</param>
/// <param name="demand">[V]: what a prior of strength 1 adds to a score.</param>
/// <param name="points">The points.</param>
sealed class PriorGrid(ISequenceScorer network, ItemNeighbours? neighbours, float[] demand, PriorPoint[] points)
{
    const int ScoreBuffer = 4_000_000;
    const int LargestBatch = 256;

    /// <summary>Asks.</summary>
    /// <param name="asked">The cases.</param>
    /// <param name="k">The cutoff.</param>
    /// <param name="onProgress">Told how many cases were newly asked.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>[cases][points]: NDCG@k; 0 for a case that has nothing to ask for.</returns>
    public double[][] Ndcg(EvaluationCases asked, int k, Action<int>? onProgress, CancellationToken cancellation)
    {
        var (items, ndcg) = (demand.Length, new double[asked.Count][]);
        var batch = Math.Clamp(ScoreBuffer / items, 1, LargestBatch);
        var (scores, counts) = (new float[batch * items], neighbours is null ? null : new float[batch * items]);
        using var sums = new ThreadLocal<(RankCounter Counter, float[] Row)>(() => (new RankCounter(items), new float[items]));
        for (var first = 0; first < asked.Count; first += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var (start, count) = (first, Math.Min(batch, asked.Count - first));
            var histories = asked.Users.Skip(start).Take(count).Select(asked.Histories.ItemsMemory).ToArray();
            network.Score(histories, scores.AsMemory(0, count * items));
            counts?.AsSpan().Clear();
            neighbours?.AddTo(histories, counts);
            Parallel.For(0, count, place =>
            {
                var row = place * items;
                ndcg[start + place] = Ask(
                    asked.Askable(start + place), asked.AsksForSeenItems ? [] : histories[place].Span, scores.AsSpan(row, items),
                    counts is null ? [] : counts.AsSpan(row, items), k, sums.Value);
            });
            onProgress?.Invoke(count);
        }

        return ndcg;
    }

    double[] Ask(
        int[] targets, ReadOnlySpan<int> history, ReadOnlySpan<float> scores, ReadOnlySpan<float> counts, int k, (RankCounter Counter, float[] Row) sums)
    {
        var (ranks, ndcg) = (new double[targets.Length], new double[points.Length]);
        for (var point = 0; point < points.Length && targets.Length > 0; point++)
        {
            TensorPrimitives.MultiplyAdd(demand, (float)points[point].Strength, scores, sums.Row);
            if (counts.Length > 0)
            {
                TensorPrimitives.MultiplyAdd(counts, (float)points[point].NeighbourShare, sums.Row, sums.Row);
            }

            sums.Counter.Rank(sums.Row, history, targets, ranks);
            ndcg[point] = RankingMetrics.Ndcg(ranks, k);
        }

        return ndcg;
    }
}
