using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Explore;
using SasRec.Core.Sequences;

namespace SasRec.Core.Evaluate.Served;

/// <summary>How well the slates of a policy answer cases, beside the greedy slates: what is served, not what could have been.</summary>
/// <param name="Ndcg">[cases]: the expected NDCG@k of the slate served.</param>
/// <param name="Hits">[cases]: the chance that the slate has the answer.</param>
/// <param name="GreedyNdcg">[cases]: of the greedy slate.</param>
/// <param name="GreedyHits">[cases]: 1 where the greedy slate has the answer.</param>
public sealed record ServedRanking(double[] Ndcg, double[] Hits, double[] GreedyNdcg, double[] GreedyHits)
{
    const int LargestBatch = 256;
    const int ScoreBuffer = 4_000_000;

    /// <summary>The share of the greedy NDCG@k that is kept; 1 where the greedy slates answer nothing.</summary>
    public double KeptNdcg => Share(Ndcg, GreedyNdcg);

    /// <summary>The share of the greedy HR@k that is kept.</summary>
    public double KeptHr => Share(Hits, GreedyHits);

    /// <summary>The share of the cases whose answer is in the slate served and not in the greedy one.</summary>
    public double Found => Hits.Zip(GreedyHits, (hit, greedy) => greedy > 0 ? 0 : hit).DefaultIfEmpty(0).Average();

    /// <summary>The lower end of the one-sided 95% interval of <see cref="KeptNdcg"/>, of a ratio of sums over cases.</summary>
    public double KeptNdcgLow
    {
        get
        {
            var (kept, total) = (KeptNdcg, GreedyNdcg.Sum());
            var squares = Ndcg.Zip(GreedyNdcg, (served, greedy) => Math.Pow(served - (kept * greedy), 2)).Sum();
            return total > 0 ? Math.Max(0, kept - (1.645 * Math.Sqrt(squares) / total)) : 0;
        }
    }

    /// <summary>Measures policies on the same cases.</summary>
    /// <remarks>
    /// Slates are drawn, and each adds the chances that its slots gave to the answer, not whether it was there, which has the same mean and far
    /// less spread (Rao and Blackwell). What is in the history is not served, unless the cases ask for it.
    /// </remarks>
    /// <param name="scorer">The model.</param>
    /// <param name="cases">Cases; of each the first target that can be asked for is the answer.</param>
    /// <param name="policies">The policies.</param>
    /// <param name="k">The slots.</param>
    /// <param name="maxCases">How many cases at most: every n-th.</param>
    /// <param name="draws">Slates a case and policy, at least 1.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>By policy.</returns>
    public static ServedRanking[] Measure(
        ISequenceScorer scorer,
        EvaluationCases cases,
        IReadOnlyList<ExplorationPolicy> policies,
        int k = 10,
        int maxCases = 10_000,
        int draws = 2,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        cases = cases.AtMost(maxCases);
        int[] chosen = [.. Enumerable.Range(0, cases.Count).Where(i => cases.Histories.Length(cases.Users[i]) > 0)];
        var results = policies.Select(_ => Empty(chosen.Length)).ToArray();
        var batch = Math.Clamp(ScoreBuffer / scorer.ItemCount, 1, LargestBatch);
        var scores = new float[batch * scorer.ItemCount];
        for (var start = 0; start < chosen.Length; start += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var (first, count) = (start, Math.Min(batch, chosen.Length - start));
            var histories = Enumerable.Range(first, count).Select(place => cases.Histories.ItemsMemory(cases.Users[chosen[place]])).ToArray();
            scorer.Score(histories, scores.AsMemory(0, count * scorer.ItemCount));
            Parallel.For(0, count, place => Answer(
                scores.AsSpan(place * scorer.ItemCount, scorer.ItemCount),
                cases.AsksForSeenItems ? [] : histories[place].Span,
                cases.FirstTarget(chosen[first + place]),
                policies,
                k,
                draws,
                first + place,
                results));
        }

        return results;
    }

    static void Answer(
        ReadOnlySpan<float> scores,
        ReadOnlySpan<int> history,
        int target,
        IReadOnlyList<ExplorationPolicy> policies,
        int k,
        int draws,
        int place,
        ServedRanking[] results)
    {
        if (history.Contains(target) || float.IsNegativeInfinity(scores[target]))
        {
            return;
        }

        var eligible = ItemSet.AllBut(scores.Length, history);
        var (greedyNdcg, greedyHits) = Chances(scores, eligible, k, ExplorationPolicy.Greedy, target, 0);
        for (var p = 0; p < policies.Count; p++)
        {
            (results[p].GreedyNdcg[place], results[p].GreedyHits[place]) = (greedyNdcg, greedyHits);
            if (policies[p] == ExplorationPolicy.Greedy)
            {
                (results[p].Ndcg[place], results[p].Hits[place]) = (greedyNdcg, greedyHits);
                continue;
            }

            var random = new RandomStream((ulong)place);
            for (var draw = 0; draw < draws; draw++)
            {
                var (ndcg, hit) = Chances(scores, eligible, k, policies[p], target, random.NextBits());
                results[p].Ndcg[place] += ndcg / draws;
                results[p].Hits[place] += hit / draws;
            }
        }
    }

    static (double Ndcg, double Hit) Chances(
        ReadOnlySpan<float> scores, ItemSet eligible, int k, ExplorationPolicy policy, int target, ulong seed)
    {
        var (chances, ndcg, hit) = (PlackettLuceSlate.ChancesOf(target, scores, eligible, k, policy, seed), 0.0, 0.0);
        for (var slot = 0; slot < chances.Length; slot++)
        {
            ndcg += chances[slot] / Math.Log2(slot + 2);
            hit += chances[slot];
        }

        return (ndcg, hit);
    }

    static double Share(double[] served, double[] greedy) => greedy.Sum() is > 0 and var total ? served.Sum() / total : 1;

    static ServedRanking Empty(int count) => new(new double[count], new double[count], new double[count], new double[count]);
}
