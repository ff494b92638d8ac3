using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;

namespace SasRec.Trainer.Evaluate;

/// <summary>What is in demand now, beside what a history asks for: strength log(1 + actions of the last 30 days), added to a score.
/// </summary>
/// <remarks>
/// A network that has learned from years of histories knows what follows what, not what is new this month. Its scores are logits of the
/// next item, so the sum is the product of two opinions. How much the second counts is chosen on the validation actions of the present,
/// since for those of long ago the demand of today says nothing.
/// </remarks>
static class ItemPrior
{
    /// <summary>The fewest validation actions by which a strength can be chosen.</summary>
    public const int FewestCases = 50;

    static readonly TimeSpan Span = TimeSpan.FromDays(30);
    static readonly double[] Strengths = [0, 0.25, 0.5, 1, 2];

    /// <summary>A network with the prior.</summary>
    /// <param name="network">The network.</param>
    /// <param name="seen">What it was trained on.</param>
    /// <param name="strength">0 for no prior.</param>
    public static SasRecWeights On(SasRecWeights network, SequenceDataset seen, double strength) => network.WithItemBias(
        strength == 0 ? null : Array.ConvertAll(ItemCounts.Recent(seen, Span), count => (float)(strength * Math.Log(1 + count))));

    /// <summary>The strength that is best on validation actions of the data's last 30 days; 0 without times, or with too few of them.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="neighbours">What is added to its scores beside the prior; null for nothing.</param>
    /// <param name="seen">What it was trained on.</param>
    /// <param name="validation">Cases that it was not trained on.</param>
    /// <param name="k">NDCG@k decides.</param>
    /// <param name="mostCases">How many cases at most are asked.</param>
    /// <param name="threads">0 for one a core.</param>
    public static double Choose(
        SasRecWeights network, ItemNeighbours? neighbours, SequenceDataset seen, EvaluationCases validation, int k, int mostCases, int threads)
    {
        if (seen.TimeRange() is not var (_, newest))
        {
            return 0;
        }

        var present = validation.Where(i => validation.TargetTime(i) > newest - (long)Span.TotalMilliseconds);
        if (present.Count < FewestCases)
        {
            return 0;
        }

        var step = (present.Count + mostCases - 1) / mostCases;
        var asked = present.Where(i => i % step == 0);
        var ranking = new RankingOptions { Cutoffs = [k], SampledNegatives = 0 };
        return Strengths.MaxBy(strength =>
        {
            using var scorer = new ModelScorer(On(network, seen, strength), threads, neighbours);
            return RankingEvaluator.Evaluate(scorer, asked, ranking).Ndcg;
        });
    }
}
