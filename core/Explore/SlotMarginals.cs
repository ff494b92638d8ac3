namespace SasRec.Core.Explore;

/// <summary>The chance of each item of a slate to stand in its slot, whatever stands above it: what the item-position estimator weighs by.</summary>
/// <remarks>
/// The exact chance is a sum over all slates that could stand above, so slates are drawn. Each adds the chance that its slot gave to the
/// item, not whether the item was there, which has the same mean and far less spread (Rao and Blackwell). The greedy share of a policy
/// is not drawn: its slates are known.
/// </remarks>
public static class SlotMarginals
{
    /// <summary>Draws slates and averages.</summary>
    /// <param name="slate">[slots]: eligible items, all different.</param>
    /// <param name="scores">[V]: logits; negative infinity for an item without a score.</param>
    /// <param name="eligible">What the filters left; null for the whole catalogue. It may reach beyond the scores, as for a slate.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="draws">How many slates, at least 1. Cost: as many slates.</param>
    /// <param name="seed">The same seed gives the same estimate; two policies with the same seed share their luck.</param>
    /// <returns>[slots]: unbiased.</returns>
    public static double[] Of(
        ReadOnlySpan<int> slate, ReadOnlySpan<float> scores, ItemSet? eligible, ExplorationPolicy policy, int draws, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        var marginals = new double[slate.Length];
        if (policy.GreedyShare < 1)
        {
            Add(marginals, 1 - policy.GreedyShare, slate, scores, eligible, policy with { GreedyShare = 0 }, draws, seed);
        }

        if (policy.GreedyShare > 0)
        {
            // Without a share of new items every greedy slate is the same.
            var greedy = policy with { GreedyShare = 0, Temperature = 0, Epsilon = 0 };
            Add(marginals, policy.GreedyShare, slate, scores, eligible, greedy, policy.NewItemShare > 0 ? draws : 1, seed);
        }

        return marginals;
    }

    static void Add(
        double[] marginals, double share, ReadOnlySpan<int> slate, ReadOnlySpan<float> scores, ItemSet? eligible, ExplorationPolicy policy,
        int draws, ulong seed)
    {
        var random = new RandomStream(seed);
        for (var draw = 0; draw < draws; draw++)
        {
            var filling = new SlateFilling(scores, eligible, slate.Length, policy);
            try
            {
                for (var slot = 0; slot < slate.Length && !filling.Full; slot++)
                {
                    marginals[slot] += filling.Remains(slate[slot]) ? share * filling.ChanceOf(slate[slot]) / draws : 0;
                    filling.Take(filling.PickNext(ref random));
                }
            }
            finally
            {
                filling.Dispose();
            }
        }
    }
}
