using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;

namespace SasRec.Trainer.Evaluate;

/// <summary>What is in demand now, beside what a history asks for: strength log(1 + actions of the last 30 days), added to a score.
/// </summary>
/// <remarks>
/// A network that has learned from years of histories knows what follows what, not what is new this month. Its scores are logits of the
/// next item, so the sum is the product of two opinions. How much the second counts is chosen on what users did after a moment: most last
/// actions lie long ago, where the demand of today says nothing. The counts of item pairs answer a session; for days and weeks on they may say
/// too much, so how much of them is served beside the prior is chosen with it.
/// </remarks>
static class ItemPrior
{
    /// <summary>The fewest users by whom a strength can be chosen.</summary>
    public const int MinCases = 50;

    static readonly TimeSpan Span = TimeSpan.FromDays(30);
    static readonly double[] Strengths = [0, 0.25, 0.5, 1, 2, 4, 8];
    static readonly double[] Shares = [1, 0.5, 0];

    /// <summary>A network with the prior.</summary>
    /// <param name="network">The network.</param>
    /// <param name="seen">What it was trained on.</param>
    /// <param name="strength">0 for no prior.</param>
    public static SasRecWeights On(SasRecWeights network, SequenceDataset seen, double strength) => network.WithItemBias(
        strength == 0 ? null : Array.ConvertAll(ItemCounts.Recent(seen, Span), count => (float)(strength * Math.Log(1 + count))));

    /// <summary>The strength, and the share of the counts' weights, that rank best what users did after a moment, by a network and counts of
    /// what came before it; 0 and 1 where fewer than <see cref="MinCases"/> users can be asked.</summary>
    /// <param name="network">A network that was trained on what came before the cut.</param>
    /// <param name="neighbours">Counts of the same; null for none.</param>
    /// <param name="cut">The cut.</param>
    /// <param name="k">NDCG@k decides.</param>
    /// <param name="maxCases">How many cases at most are asked.</param>
    /// <param name="threads">0 for one a core.</param>
    public static (double Strength, double NeighbourShare) Choose(
        SasRecWeights network, ItemNeighbours? neighbours, TimeSplit cut, int k, int maxCases, int threads)
    {
        if (cut.Test.Count < MinCases)
        {
            return (0, 1);
        }

        var step = (cut.Test.Count + maxCases - 1) / maxCases;
        var asked = cut.Test.Where(i => i % step == 0);
        var ranking = new RankingOptions { Cutoffs = [k], SampledNegatives = 0 };
        double[] shares = neighbours is null ? [1] : Shares;
        return shares.SelectMany(share => Strengths.Select(strength => (strength, share))).MaxBy(point =>
        {
            using var scorer = new ModelScorer(
                On(network, cut.Train, point.strength), threads, neighbours?.With(neighbours.Strengths.Times(point.share)));
            return RankingEvaluator.Evaluate(scorer, asked, ranking).Ndcg;
        });
    }
}
