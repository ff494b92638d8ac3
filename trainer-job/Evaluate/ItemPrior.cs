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
/// actions lie long ago, where the demand of today says nothing.
/// </remarks>
static class ItemPrior
{
    /// <summary>The fewest users by whom a strength can be chosen.</summary>
    public const int MinCases = 50;

    static readonly TimeSpan Span = TimeSpan.FromDays(30);
    static readonly double[] Strengths = [0, 0.25, 0.5, 1, 2, 4];

    /// <summary>A network with the prior.</summary>
    /// <param name="network">The network.</param>
    /// <param name="seen">What it was trained on.</param>
    /// <param name="strength">0 for no prior.</param>
    public static SasRecWeights On(SasRecWeights network, SequenceDataset seen, double strength) => network.WithItemBias(
        strength == 0 ? null : Array.ConvertAll(ItemCounts.Recent(seen, Span), count => (float)(strength * Math.Log(1 + count))));

    /// <summary>The strength that ranks best what users did after a moment, by a network and counts of what came before it; 0 where fewer
    /// than <see cref="MinCases"/> users can be asked.</summary>
    /// <param name="network">A network that was trained on what came before the cut.</param>
    /// <param name="neighbours">Counts of the same; null for none.</param>
    /// <param name="train">What came before the cut.</param>
    /// <param name="asked">What users did after it.</param>
    /// <param name="k">NDCG@k decides.</param>
    /// <param name="threads">0 for one a core.</param>
    public static PriorChoice Choose(
        SasRecWeights network, ItemNeighbours? neighbours, SequenceDataset train, EvaluationCases asked, int k, int threads)
    {
        if (asked.Count < MinCases)
        {
            return PriorChoice.Fixed(0);
        }

        var ranking = new RankingOptions { Cutoffs = [k], SampledNegatives = 0 };
        var ndcg = Array.ConvertAll(Strengths, strength =>
        {
            using var scorer = new ModelScorer(On(network, train, strength), threads, neighbours);
            return RankingEvaluator.Evaluate(scorer, asked, ranking).NdcgByCase;
        });
        return new PriorChoice(Best(_ => true), [Best(place => place % 2 != 0), Best(place => place % 2 == 0)]);

        double Best(Func<int, bool> counts) =>
            Strengths[Enumerable.Range(0, Strengths.Length).MaxBy(s => ndcg[s].Where((_, place) => counts(place)).Sum())];
    }
}

/// <summary>The strength of the prior.</summary>
/// <param name="Strength">Chosen on all cases.</param>
/// <param name="ByOthers">[2]: for the cases of even place and for those of odd place, each chosen on the other half: by it the prior can be
/// judged on the cases that it was chosen on.</param>
sealed record PriorChoice(double Strength, double[] ByOthers)
{
    /// <summary>A strength that was not chosen on these cases.</summary>
    public static PriorChoice Fixed(double strength) => new(strength, [strength, strength]);
}
