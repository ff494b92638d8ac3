using SasRec.Core.Contracts;
using SasRec.Core.Sequences;

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

    /// <summary>[cases]: where the targets of each case ranked, from which all metrics follow.</summary>
    public IReadOnlyList<CaseRanks> Ranks { get; init; } = [];

    /// <summary>The same rankings, each case counted by the weight of its target; this report where the data has no weights.</summary>
    /// <remarks>
    /// What users took from slates favours the model that chose the slates. Where training is corrected for that by propensity weights, the
    /// comparison has to be too, or a corrected model is held against answers that its predecessor picked.
    /// </remarks>
    /// <param name="cases">What was asked: one target each.</param>
    public RankingReport ImportanceWeighted(EvaluationCases cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        if (cases.Weights() is not { } weights)
        {
            return this;
        }

        if (weights.Length != Cases)
        {
            throw new ArgumentException($"{Cases} cases were ranked, not {weights.Length}.", nameof(cases));
        }

        double[] ndcg = [.. NdcgByCase.Zip(weights, (value, weight) => value * weight)];
        double[] hits = [.. HitsByCase.Zip(weights, (value, weight) => value * weight)];
        var metrics = new Dictionary<string, double>(Metrics)
        {
            [MetricNames.Ndcg(K)] = ndcg.DefaultIfEmpty(0).Average(),
            [MetricNames.HitRate(K)] = hits.DefaultIfEmpty(0).Average(),
        };
        return new RankingReport(Protocol, K, metrics, ndcg, hits) { Ranks = Ranks };
    }

    /// <summary>How many cases were ranked.</summary>
    public int Cases => NdcgByCase.Length;

    /// <summary>Mean NDCG@<see cref="K"/>; 0 without cases.</summary>
    public double Ndcg => Metrics[MetricNames.Ndcg(K)];

    /// <summary>Mean HR@<see cref="K"/>; 0 without cases.</summary>
    public double HitRate => Metrics[MetricNames.HitRate(K)];
}
