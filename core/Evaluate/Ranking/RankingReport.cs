using System.Globalization;

namespace SasRec.Core.Evaluate.Ranking;

/// <summary>How well one scorer ranked what users did next.</summary>
public sealed class RankingReport
{
    internal RankingReport(string protocol, int k, IReadOnlyDictionary<string, double> metrics, double[] ndcg, double[] hits)
    {
        (Protocol, K, Metrics, NdcgByCase, HitsByCase) = (protocol, k, metrics, ndcg, hits);
    }

    /// <summary>The name of the split.</summary>
    public string Protocol { get; }

    /// <summary>The cutoff that decides.</summary>
    public int K { get; }

    /// <summary>
    /// Means over cases: "hr@k", "ndcg@k", "coverage@k" for each k, "mrr", and beside them, never alone, the flattering
    /// "sampledN:hr@k" and "sampledN:ndcg@k" against N random negatives.
    /// </summary>
    public IReadOnlyDictionary<string, double> Metrics { get; }

    /// <summary>[cases]: NDCG@<see cref="K"/> of each case, for paired comparisons.</summary>
    public double[] NdcgByCase { get; }

    /// <summary>[cases]: HR@<see cref="K"/> of each case.</summary>
    public double[] HitsByCase { get; }

    /// <summary>How many cases were ranked.</summary>
    public int Cases => NdcgByCase.Length;

    /// <summary>Mean NDCG@<see cref="K"/>; 0 without cases.</summary>
    public double Ndcg => Metrics[string.Create(CultureInfo.InvariantCulture, $"ndcg@{K}")];

    /// <summary>Mean HR@<see cref="K"/>; 0 without cases.</summary>
    public double HitRate => Metrics[string.Create(CultureInfo.InvariantCulture, $"hr@{K}")];
}
