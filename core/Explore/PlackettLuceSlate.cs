namespace SasRec.Core.Explore;

/// <summary>Draws slates without replacement and knows the probability of what it drew.</summary>
/// <remarks>
/// The model's share of a slot is the Plackett-Luce model (Plackett 1975), the law of Gumbel-top-k (Kool et al. 2019). The uniform
/// share gives every eligible item, scored or not, a known chance, and new items have a share of their own.
/// </remarks>
public static class PlackettLuceSlate
{
    /// <summary>Draws a slate and its propensities.</summary>
    /// <param name="scores">[V]: logits; negative infinity for an item without a score, which takes part through epsilon alone.</param>
    /// <param name="eligible">What the filters left; null for the whole catalogue. It may reach beyond the scores: items V, V + 1, ...
    /// take part through epsilon alone.</param>
    /// <param name="k">The slots wanted; the slate is shorter if fewer items are eligible.</param>
    /// <param name="policy">Temperature, epsilon and the share of new items.</param>
    /// <param name="seed">The same seed, scores, set and policy draw the same slate.</param>
    /// <param name="firstNew">From this item on, items are new, with a score or without, and the policy's share for new ones is theirs; null
    /// for V.</param>
    /// <returns>
    /// The slate. Propensity of a slot: (1 - ε) exp(score / T) / Σ over what remains + ε / remaining. At temperature 0 the first term is
    /// 1 - ε for the highest score that remains (ties: the lower index). Where nothing with a score remains, it is uniform. Where n new
    /// items remain, all of this is (1 - ν) of it, and ν / n more for a new item. With a greedy share g this is the chance in a drawn slate; that
    /// of the mixture is g times the greedy one and (1 - g) times this, with g moved by what the slots above say of it (Bayes).
    /// </returns>
    /// <exception cref="ArgumentException">An eligible score is NaN or positive infinity, or the set is over a smaller catalogue.</exception>
    /// <exception cref="ArgumentOutOfRangeException">k is negative, or the policy is out of range.</exception>
    public static Slate Draw(
        ReadOnlySpan<float> scores, ItemSet? eligible, int k, ExplorationPolicy policy, ulong seed, int? firstNew = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentNullException.ThrowIfNull(policy);
        var random = new RandomStream(seed);
        var filling = new SlateFilling(scores, eligible, k, policy, firstNew);
        try
        {
            while (!filling.Full)
            {
                filling.Take(filling.PickNext(ref random));
            }

            return filling.Slate;
        }
        finally
        {
            filling.Dispose();
        }
    }

    /// <summary>Draws a slate, and tells the probability that each slot gave to one item, given the slots above.</summary>
    /// <param name="item">An eligible item.</param>
    /// <param name="scores">As for <see cref="Draw"/>.</param>
    /// <param name="eligible">As for <see cref="Draw"/>.</param>
    /// <param name="k">As for <see cref="Draw"/>.</param>
    /// <param name="policy">As for <see cref="Draw"/>.</param>
    /// <param name="seed">As for <see cref="Draw"/>.</param>
    /// <returns>[slots]: 0 once the item stands above; averaged over seeds, the item's marginal chance to stand in each slot.</returns>
    public static double[] ChancesOf(
        int item, ReadOnlySpan<float> scores, ItemSet? eligible, int k, ExplorationPolicy policy, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var random = new RandomStream(seed);
        var filling = new SlateFilling(scores, eligible, k, policy);
        try
        {
            var chances = new double[Math.Min(k, filling.Count)];
            for (var slot = 0; slot < chances.Length && filling.Remains(item); slot++)
            {
                chances[slot] = filling.ChanceOf(item);
                filling.Take(filling.PickNext(ref random));
            }

            return chances;
        }
        finally
        {
            filling.Dispose();
        }
    }
}
