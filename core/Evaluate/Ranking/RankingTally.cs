using SasRec.Core.Contracts;
using SasRec.Core.Sequences;

namespace SasRec.Core.Evaluate.Ranking;

/// <summary>The metrics of every case, filled side by side by <see cref="CaseRanker"/>s.</summary>
sealed class RankingTally(RankingOptions options, EvaluationCases cases)
{
    public RankingOptions Options => options;

    public EvaluationCases Cases => cases;

    /// <summary>[cases]: where its targets rank; null where the case had none to rank.</summary>
    public CaseRanks?[] Ranks { get; } = new CaseRanks?[cases.Count];

    /// <summary>[cases].</summary>
    public double[] Reciprocal { get; } = new double[cases.Count];

    /// <summary>[cutoffs][cases].</summary>
    public double[][] Hits { get; } = PerCase(options, cases);

    /// <summary>[cutoffs][cases].</summary>
    public double[][] Ndcg { get; } = PerCase(options, cases);

    /// <summary>[cutoffs][cases]: against sampled negatives.</summary>
    public double[][] SampledHits { get; } = PerCase(options, cases);

    /// <summary>[cutoffs][cases]: against sampled negatives.</summary>
    public double[][] SampledNdcg { get; } = PerCase(options, cases);

    /// <summary>[cutoffs][V]: whether an item was among anybody's best k.</summary>
    public bool[][] Shown { get; } = [.. options.Cutoffs.Select(_ => new bool[cases.Histories.ItemCount])];

    public RankingReport Report()
    {
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal) { [MetricNames.Mrr] = Mean(Reciprocal) };
        for (var c = 0; c < options.Cutoffs.Count; c++)
        {
            var k = options.Cutoffs[c];
            metrics[MetricNames.HitRate(k)] = Mean(Hits[c]);
            metrics[MetricNames.Ndcg(k)] = Mean(Ndcg[c]);
            metrics[MetricNames.Coverage(k)] = Shown[c].Length == 0 ? 0 : (double)Shown[c].Count(shown => shown) / Shown[c].Length;
            if (options.SampledNegatives > 0)
            {
                metrics[MetricNames.Sampled(options.SampledNegatives, MetricNames.HitRate(k))] = Mean(SampledHits[c]);
                metrics[MetricNames.Sampled(options.SampledNegatives, MetricNames.Ndcg(k))] = Mean(SampledNdcg[c]);
            }
        }

        return new RankingReport(cases.Protocol, options.Cutoffs[0], metrics, OfRanked(Ndcg[0]), OfRanked(Hits[0]))
        {
            Ranks = [.. Ranks.OfType<CaseRanks>()],
        };
    }

    double[] OfRanked(double[] values) => [.. values.Where((_, i) => Ranks[i] is not null)];

    double Mean(double[] values) => OfRanked(values) is { Length: > 0 } some ? some.Average() : 0;

    static double[][] PerCase(RankingOptions options, EvaluationCases cases) => [.. options.Cutoffs.Select(_ => new double[cases.Count])];
}
