using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Trainer.Train.Cpu;

namespace SasRec.Trainer.Evaluate;

/// <summary>A model as the evaluation sees it.</summary>
/// <param name="weights">The network.</param>
/// <param name="threads">0 for one a core.</param>
/// <param name="neighbours">What is added to its scores; null for nothing.</param>
sealed class ModelScorer(SasRecWeights weights, int threads, ItemNeighbours? neighbours = null) : ISequenceScorer, IDisposable
{
    readonly SasRecScorer scorer = new(weights, threads);

    public int ItemCount => weights.ItemCount;

    /// <summary>What training chooses by: NDCG@k of a fixed sample of the cases, as fast as it can be had.</summary>
    /// <param name="cases">Cases with one target each.</param>
    /// <param name="k">The cutoff.</param>
    /// <param name="maxCases">How many cases at most: every n-th.</param>
    /// <param name="threads">0 for one a core.</param>
    public static Func<SasRecWeights, double> Validation(EvaluationCases cases, int k, int maxCases, int threads)
    {
        const int Batch = 512;
        var step = Math.Max(1, (cases.Count + maxCases - 1) / maxCases);
        var chosen = Enumerable.Range(0, (cases.Count + step - 1) / step).Select(i => i * step).ToArray();
        var histories = chosen.Select(i => cases.Histories.ItemsMemory(cases.Users[i])).ToArray();
        var targets = chosen.Select(i => cases.Targets(i)[0]).ToArray();
        return weights =>
        {
            using var scorer = new SasRecScorer(weights, threads);
            var ranks = new double[targets.Length];
            for (var start = 0; start < targets.Length; start += Batch)
            {
                var count = Math.Min(Batch, targets.Length - start);
                var batch = new ArraySegment<ReadOnlyMemory<int>>(histories, start, count);
                scorer.Rank(batch, targets.AsMemory(start, count), ranks.AsMemory(start, count), !cases.AsksForSeenItems);
            }

            return ranks.Average(rank => RankingMetrics.Ndcg([rank], k));
        };
    }

    public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
    {
        scorer.Score(histories, scores);
        neighbours?.AddTo(histories, scores);
    }

    public void Dispose() => scorer.Dispose();
}
