using SasRec.Core.Model;

namespace SasRec.Core.Evaluate.Ranking;

/// <summary>Ranks one case at a time into a tally, with buffers of its own.</summary>
sealed class CaseRanker
{
    readonly RankingTally tally;
    readonly RankCounter counter;
    readonly HashSet<int> seen = [];
    readonly int[] best;
    readonly float[] bestScores;
    readonly double[] oneRank = new double[1];

    public CaseRanker(RankingTally tally)
    {
        this.tally = tally;
        counter = new RankCounter(tally.Cases.Histories.ItemCount);
        best = new int[tally.Options.Cutoffs.Max()];
        bestScores = new float[best.Length];
    }

    /// <summary>Ranks a case.</summary>
    /// <param name="index">The case.</param>
    /// <param name="scores">[V]: overwritten at the history's items where these are left out.</param>
    public void Rank(int index, Span<float> scores)
    {
        var history = tally.Cases.AsksForSeenItems ? [] : tally.Cases.Histories.Items(tally.Cases.Users[index]);
        var items = tally.Cases.Askable(index);
        if (items.Length == 0)
        {
            return;
        }

        var ranks = new double[items.Length];
        counter.Rank(scores, history, items, ranks);
        tally.Ranks[index] = new CaseRanks(tally.Cases.Users[index], items, ranks);
        tally.Reciprocal[index] = RankingMetrics.ReciprocalRank(ranks);
        for (var c = 0; c < tally.Hits.Length; c++)
        {
            tally.Hits[c][index] = RankingMetrics.HitRate(ranks, tally.Options.Cutoffs[c]);
            tally.Ndcg[c][index] = RankingMetrics.Ndcg(ranks, tally.Options.Cutoffs[c]);
        }

        RankAmongSampled(index, scores, items, history);
        MarkShown(scores, history);
    }

    /// <summary>Ranks the first target among random items that are neither history nor target.</summary>
    void RankAmongSampled(int index, ReadOnlySpan<float> scores, int[] targets, ReadOnlySpan<int> history)
    {
        seen.Clear();
        foreach (var item in history)
        {
            seen.Add(item);
        }

        seen.UnionWith(targets);
        var target = targets[0];
        var wanted = Math.Min(tally.Options.SampledNegatives, scores.Length - seen.Count);
        if (wanted <= 0)
        {
            return;
        }

        var key = CounterRandom.Bits(tally.Options.Seed, (ulong)tally.Cases.Users[index]);
        var rank = 1.0;
        for (var (drawn, draw) = (0, 0UL); drawn < wanted; draw++)
        {
            var negative = CounterRandom.Below(key, draw, scores.Length);
            if (seen.Add(negative))
            {
                drawn++;
                rank += scores[negative] > scores[target] || float.IsNaN(scores[target]) ? 1 : scores[negative] == scores[target] ? 0.5 : 0;
            }
        }

        oneRank[0] = rank;
        for (var c = 0; c < tally.SampledHits.Length; c++)
        {
            tally.SampledHits[c][index] = RankingMetrics.HitRate(oneRank, tally.Options.Cutoffs[c]);
            tally.SampledNdcg[c][index] = RankingMetrics.Ndcg(oneRank, tally.Options.Cutoffs[c]);
        }
    }

    void MarkShown(Span<float> scores, ReadOnlySpan<int> history)
    {
        var found = TopItems.Find(scores, history, best, bestScores);
        for (var c = 0; c < tally.Shown.Length; c++)
        {
            foreach (var item in best.AsSpan(0, Math.Min(found, tally.Options.Cutoffs[c])))
            {
                tally.Shown[c][item] = true;
            }
        }
    }
}
