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
    /// are new, and take part through epsilon and the policy's share for them.</param>
    /// <param name="k">The slots wanted; the slate is shorter if fewer items are eligible.</param>
    /// <param name="policy">Temperature, epsilon and the share of new items.</param>
    /// <param name="seed">The same seed, scores, set and policy draw the same slate.</param>
    /// <returns>
    /// The slate. Propensity of a slot: (1 - ε) exp(score / T) / Σ over what remains + ε / remaining. At temperature 0 the first term is
    /// 1 - ε for the highest score that remains (ties: the lower index). Where nothing with a score remains, it is uniform. Where n new
    /// items remain, all of this is (1 - ν) of it, and ν / n more for a new item.
    /// </returns>
    /// <exception cref="ArgumentException">An eligible score is NaN or positive infinity, or the set is over a smaller catalogue.</exception>
    /// <exception cref="ArgumentOutOfRangeException">k is negative, or the policy is out of range.</exception>
    public static Slate Draw(ReadOnlySpan<float> scores, ItemSet? eligible, int k, ExplorationPolicy policy, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentNullException.ThrowIfNull(policy);
        var random = new RandomStream(seed);
        var filling = new SlateFilling(scores, eligible, k, policy);
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
}
