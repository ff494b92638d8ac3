namespace SasRec.Core.Explore;

/// <summary>The mean of a value over what a policy puts into each slot of a slate, given the slots above: what a doubly robust estimator asks
/// of its model of the rewards.</summary>
public static class NextItems
{
    /// <summary>Draws items for every slot of a slate that is there already, and averages their values.</summary>
    /// <param name="items">The slate: first slot first, all eligible and different.</param>
    /// <param name="scores">As for <see cref="PlackettLuceSlate.Draw"/>.</param>
    /// <param name="eligible">As for <see cref="PlackettLuceSlate.Draw"/>.</param>
    /// <param name="policy">As for <see cref="PlackettLuceSlate.Draw"/>.</param>
    /// <param name="value">The value of an item in a slot, 0 for the first.</param>
    /// <param name="draws">How many items are drawn for a slot, at least 1.</param>
    /// <param name="seed">The same seed gives the same means; policies that are alike draw alike.</param>
    /// <returns>[slots]: unbiased.</returns>
    public static double[] Mean(
        ReadOnlySpan<int> items,
        ReadOnlySpan<float> scores,
        ItemSet? eligible,
        ExplorationPolicy policy,
        Func<int, int, double> value,
        int draws,
        ulong seed)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        var (random, means) = (new RandomStream(seed), new double[items.Length]);
        var filling = new SlateFilling(scores, eligible, items.Length, policy);
        try
        {
            for (var slot = 0; slot < items.Length; slot++)
            {
                for (var draw = 0; draw < draws; draw++)
                {
                    var stream = new RandomStream(random.NextBits());
                    means[slot] += value(filling.PickGiven(ref stream), slot) / draws;
                }

                filling.Take(items[slot]);
            }
        }
        finally
        {
            filling.Dispose();
        }

        return means;
    }
}
