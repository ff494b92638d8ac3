using SasRec.Core.Evaluate.OffPolicy;

namespace SasRec.Core.Evaluate.Insights;

/// <summary>Off-policy estimates of the interactions of a slate at one temperature and any epsilon.</summary>
/// <remarks>
/// First as "snips": a slot's reward weighed by the whole slate's ratio of probabilities, which assumes nothing of how users read a slate.
/// Where its weights leave too little, as "reward-interaction": by the ratio of this slot and those above, for users who read downwards
/// (McInerney et al. 2020). Both are normalised by their weights, slot by slot: Σ over slots of Σw r / Σw. The change is paired: what the same
/// slates earned as they were served is taken off, so that what all have in common cancels. Intervals take users, not slates, as independent.
/// </remarks>
/// <param name="slates">The logged slates.</param>
/// <param name="shares">[slates][slots]: their propensities at the temperature, without a uniform share.</param>
/// <param name="confidence">Of the intervals.</param>
sealed class ImportanceWeightedRewards(AdviceSlate[] slates, double[][] shares, double confidence)
{
    static readonly OffPolicyOptions Believed = new();

    readonly double[][] weights = [.. shares.Select(s => new double[s.Length])];

    // [slots]: the share of the slates that are long enough to have the slot.
    readonly double[] filled = [.. Enumerable.Range(0, shares.Max(s => s.Length)).Select(slot => shares.Count(s => s.Length > slot) / (double)shares.Length)];

    /// <summary>Below this effective sample size an estimate is not believed.</summary>
    public static double LeastEffectiveSlates => Believed.MinEffectiveSampleSize;

    /// <summary>The estimate with a uniform share, by the first estimator that has support.</summary>
    public WeighedReward At(double epsilon)
    {
        var (whole, downwards) = (new WeightSupport(Believed), new WeightSupport(Believed));
        for (var i = 0; i < slates.Length; i++)
        {
            var (slate, weight) = (slates[i], 1.0);
            for (var slot = 0; slot < weights[i].Length; slot++)
            {
                // Every mixture lies between its two ends.
                var chance = ((1 - epsilon) * shares[i][slot]) + (epsilon * slate.Uniform[slot]);
                weights[i][slot] = weight *= chance / slate.Logged[slot];
                downwards.Clipped(slot, weight);
            }

            whole.Clipped(0, weight);
        }

        var (snips, cascade) = (whole.Estimate("snips", default, slates.Length), downwards.Estimate("reward-interaction", default, slates.Length));
        return snips.Supported ? Estimate(snips, perSlot: false)
            : cascade.Supported ? Estimate(cascade, perSlot: true)
            : WeighedReward.None(cascade.NotEnoughSupport!) with { EffectiveSampleSize = cascade.EffectiveSampleSize };
    }

    /// <summary>The mean over slates, with an interval that takes the slates of one user together.</summary>
    public static RatioEstimate MeanOverUsers(IReadOnlyList<AdviceSlate> slates, double[] values, double confidence)
    {
        var users = new Dictionary<ulong, (double Sum, double Count)>();
        for (var i = 0; i < values.Length; i++)
        {
            var (sum, count) = users.GetValueOrDefault(slates[i].User);
            users[slates[i].User] = (sum + values[i], count + 1);
        }

        return RatioEstimate.Of([.. users.Values.Select(user => user.Sum)], [.. users.Values.Select(user => user.Count)], confidence);
    }

    /// <remarks>The interval is that of the mean of the slates' influences: w (r - v) n / Σw summed over the slots, v being the slot's ratio.</remarks>
    WeighedReward Estimate(OffPolicyEstimate support, bool perSlot)
    {
        var (sums, hits) = (new double[filled.Length], new double[filled.Length]);
        for (var i = 0; i < slates.Length; i++)
        {
            var (rewards, all) = (slates[i].Rewards, weights[i]);
            for (var slot = 0; slot < all.Length; slot++)
            {
                var weight = all[perSlot ? slot : ^1];
                sums[slot] += weight;
                hits[slot] += weight * rewards[slot];
            }
        }

        var (values, changes) = (new double[slates.Length], new double[slates.Length]);
        Array.Fill(values, hits.Zip(sums, (h, s) => h / s).Zip(filled, (ratio, share) => ratio * share).Sum());
        for (var i = 0; i < slates.Length; i++)
        {
            var (rewards, all) = (slates[i].Rewards, weights[i]);
            for (var slot = 0; slot < all.Length; slot++)
            {
                values[i] += all[perSlot ? slot : ^1] * (rewards[slot] - (hits[slot] / sums[slot])) * filled[slot] * slates.Length / sums[slot];
            }

            changes[i] = values[i] - slates[i].Reward;
        }

        return new WeighedReward(
            support.Estimator,
            MeanOverUsers(slates, values, confidence),
            MeanOverUsers(slates, changes, confidence),
            support.EffectiveSampleSize,
            null);
    }
}

/// <summary>The reward of a setting.</summary>
/// <param name="Estimator">What estimated it; null where nothing had support.</param>
/// <param name="Value">Interactions a slate.</param>
/// <param name="Change">The difference to what was served.</param>
/// <param name="EffectiveSampleSize">How many slates the weights are worth.</param>
/// <param name="NotEnoughSupport">Why there is no estimate; null where there is.</param>
readonly record struct WeighedReward(
    string? Estimator, RatioEstimate Value, RatioEstimate Change, double EffectiveSampleSize, string? NotEnoughSupport)
{
    public static WeighedReward None(string reason)
    {
        var nothing = new RatioEstimate(double.NaN, double.NaN, double.NaN);
        return new WeighedReward(null, nothing, nothing, 0, reason);
    }
}
