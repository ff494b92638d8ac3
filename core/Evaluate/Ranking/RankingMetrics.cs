namespace SasRec.Core.Evaluate.Ranking;

/// <summary>What ranks are worth. Ranks count from 1 and may be halves (see <see cref="RankCounter"/>).</summary>
public static class RankingMetrics
{
    /// <summary>HR@k: 1 where any target ranks at k or better, else 0.</summary>
    public static double HitRate(ReadOnlySpan<double> ranks, int k)
    {
        foreach (var rank in ranks)
        {
            if (rank <= k)
            {
                return 1;
            }
        }

        return 0;
    }

    /// <summary>NDCG@k with binary relevance: the sum of 1 / log2(1 + rank) over targets at k or better, by the best possible.</summary>
    public static double Ndcg(ReadOnlySpan<double> ranks, int k)
    {
        double gain = 0, ideal = 0;
        for (var i = 0; i < ranks.Length; i++)
        {
            gain += ranks[i] <= k ? 1 / Math.Log2(1 + ranks[i]) : 0;
            ideal += i < k ? 1 / Math.Log2(2 + i) : 0;
        }

        return ideal == 0 ? 0 : gain / ideal;
    }

    /// <summary>Reciprocal rank: 1 / the best target's rank.</summary>
    public static double ReciprocalRank(ReadOnlySpan<double> ranks)
    {
        var best = double.PositiveInfinity;
        foreach (var rank in ranks)
        {
            best = Math.Min(best, rank);
        }

        return 1 / best;
    }
}
