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
        strength == 0 ? null : Array.ConvertAll(Demand(seen), demand => (float)(strength * demand)));

    /// <summary>[V]: log(1 + actions of the last 30 days).</summary>
    static double[] Demand(SequenceDataset seen) => Array.ConvertAll(ItemCounts.Recent(seen, Span), count => Math.Log(1 + count));

    /// <summary>The strength, and the share of the counts' weights, that rank best what users did after a moment, by a network and counts of
    /// what came before it; 0 and 1 where fewer than <see cref="MinCases"/> users can be asked.</summary>
    /// <param name="network">A network that was trained on what came before the cut.</param>
    /// <param name="neighbours">Counts of the same; null for none.</param>
    /// <param name="train">What came before the cut.</param>
    /// <param name="asked">What users did after it.</param>
    /// <param name="k">NDCG@k decides.</param>
    /// <param name="threads">0 for one a core.</param>
    /// <param name="onProgress">Told, now and then, how many users were newly asked.</param>
    /// <param name="cancellation">Ends the choice.</param>
    public static PriorChoice Choose(
        SasRecWeights network,
        ItemNeighbours? neighbours,
        SequenceDataset train,
        EvaluationCases asked,
        int k,
        int threads,
        Action<int>? onProgress = null,
        CancellationToken cancellation = default)
    {
        if (asked.Count < MinCases)
        {
            return PriorChoice.Fixed(0, 1);
        }

        double[] shares = neighbours is null ? [1] : Shares;
        PriorPoint[] points = [.. shares.SelectMany(share => Strengths.Select(strength => new PriorPoint(strength, share)))];
        using var scorer = new ModelScorer(network.WithItemBias(null), threads);
        var ndcg = new PriorGrid(scorer, neighbours, Array.ConvertAll(Demand(train), demand => (float)demand), points)
            .Ndcg(asked, k, onProgress, cancellation);
        return new PriorChoice(Best(_ => true), [Best(place => place % 2 != 0), Best(place => place % 2 == 0)]);

        PriorPoint Best(Func<int, bool> counts) =>
            points[Enumerable.Range(0, points.Length).MaxBy(point => ndcg.Where((_, place) => counts(place)).Sum(row => row[point]))];
    }
}

/// <summary>How the prior and the counts of item pairs stand beside the network.</summary>
/// <param name="Strength">Of the prior.</param>
/// <param name="NeighbourShare">How much of the counts' weights is left, 0 to 1.</param>
sealed record PriorPoint(double Strength, double NeighbourShare);

/// <summary>What was chosen of the prior.</summary>
/// <param name="Point">Chosen on all cases.</param>
/// <param name="ByOthers">[2]: for the cases of even place and for those of odd place, each chosen on the other half: by it the prior can be
/// judged on the cases that it was chosen on.</param>
sealed record PriorChoice(PriorPoint Point, PriorPoint[] ByOthers)
{
    /// <summary>The strength of the prior.</summary>
    public double Strength => Point.Strength;

    /// <summary>How much of the counts' weights is served.</summary>
    public double NeighbourShare => Point.NeighbourShare;

    /// <summary>What was not chosen on these cases.</summary>
    public static PriorChoice Fixed(double strength, double share) => new(new PriorPoint(strength, share), [new(strength, share), new(strength, share)]);
}
