namespace SasRec.Core.Evaluate.OffPolicy;

/// <summary>How much more a slate would have earned under another policy than it did earn, measured on the same slates.</summary>
/// <remarks>
/// Each slate adds Σ_s (w_s - 1)(r_s - b_s), where w_s is the weight of slot s and those above (reward-interaction, McInerney et al. 2020)
/// and b_s the mean reward of the slot: the cascade doubly robust estimator (Kiyohara et al. 2022) with that mean as the model of the
/// rewards, less what the slate earned. Both policies share the luck of the log, so it cancels, and where the policies agree (w = 1) a
/// slate adds nothing to the variance. Where a slate comes with a model of the rewards, the model stands in for b_s: with m_s what it expects
/// of the item less b_s, and M_s and N_s the means of that under the evaluated and the logging policy given the slots above, a slate adds
/// Σ_s (w_s - 1)(r_s - b_s - m_s) + w_s-1 M_s - N_s. That has the same mean whatever the model. Weights above the limit are cut to it; what is cut away is taken to earn b_s.
/// A log says nothing of what it hardly ever showed: a challenger's best ideas are just those that the champion did not have. The mean of
/// the weights tells how much of the other policy is missing, and <see cref="Unseen"/> what that could be worth at most.
/// By position, w_s is the ratio of the marginal chances of the item in slot s (item-position, Li et al. 2018) in place of that product, and
/// the mean reward stands for the model.
/// Slates of one user are not independent of each other, so they count together: the interval is that of a ratio of sums over users.
/// </remarks>
/// <param name="Value">The mean difference in reward a slate.</param>
/// <param name="Low">The interval's lower end.</param>
/// <param name="High">The interval's upper end.</param>
/// <param name="Unseen">
/// What could be missing from <paramref name="High"/>: Σ_s (1 - mean weight of slot s, where that is below 1) (ρ_s - b_s), with ρ_s the mean
/// reward of the tenth of slates whose item was the surest in the slot. What nobody has seen is taken to be as good as the best bets.
/// </param>
/// <param name="Earned">The mean reward of a slate as served.</param>
/// <param name="Slates">How many slates were read.</param>
/// <param name="Groups">Of how many users.</param>
public sealed record PolicyDifference(double Value, double Low, double High, double Unseen, double Earned, int Slates, int Groups)
{
    /// <summary>Estimates the difference.</summary>
    /// <param name="slates">The log, each slate once.</param>
    /// <param name="groups">[slates]: what tells users apart.</param>
    /// <param name="options">Clipping and confidence.</param>
    /// <param name="byPosition">Whether to weigh by the marginals, which every slate must have, in place of all slots above.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a slate's fields do not fit together.</exception>
    public static PolicyDifference Of<TGroup>(
        IReadOnlyList<LoggedSlate> slates, IReadOnlyList<TGroup> groups, OffPolicyOptions options, bool byPosition = false)
        where TGroup : notnull
    {
        ArgumentNullException.ThrowIfNull(slates);
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(options);
        options.Validated();
        if (slates.Count != groups.Count)
        {
            throw new ArgumentException($"There are {slates.Count} slates and {groups.Count} groups.", nameof(groups));
        }

        var means = MeanRewards(slates);
        var weights = new double[means.Length];
        var sums = new Dictionary<TGroup, (double Sum, int Count)>();
        for (var i = 0; i < slates.Count; i++)
        {
            slates[i].Validate(i);
            var (sum, count) = sums.GetValueOrDefault(groups[i]);
            sums[groups[i]] = (sum + Gain(slates[i], means, options.MaxWeight, byPosition, weights), count + 1);
        }

        var ratio = RatioEstimate.Of(
            [.. sums.Values.Select(group => group.Sum)], [.. sums.Values.Select(group => (double)group.Count)], options.Confidence);
        return new PolicyDifference(
            ratio.Value, ratio.Low, ratio.High, UnseenOf(slates, means, weights), means.Sum(), slates.Count, sums.Count);
    }

    /// <summary>[slots of the longest slate]: b_s, over the slates; a slate without the slot earned nothing there.</summary>
    public static double[] MeanRewards(IReadOnlyList<LoggedSlate> slates)
    {
        ArgumentNullException.ThrowIfNull(slates);
        var means = new double[slates.Count == 0 ? 0 : slates.Max(slate => slate.Slots)];
        foreach (var slate in slates)
        {
            for (var s = 0; s < slate.Slots; s++)
            {
                means[s] += slate.Rewards[s] / slates.Count;
            }
        }

        return means;
    }

    /// <summary>What a slate adds; its weights are added to the sums of each slot.</summary>
    static double Gain(LoggedSlate slate, double[] means, double maxWeight, bool byPosition, double[] sums)
    {
        var (gain, weight) = (0.0, 1.0);
        for (var s = 0; s < slate.Slots; s++)
        {
            var above = Math.Min(weight, maxWeight);
            weight = byPosition ? slate.TargetMarginals![s] / slate.LoggingMarginals![s] : weight * slate.Target[s] / slate.Logging[s];
            var cut = Math.Min(weight, maxWeight);
            sums[s] += cut;
            gain += (cut - 1) * (slate.Rewards[s] - (byPosition ? means[s] : slate.Modelled?[s] ?? means[s]));
            if (!byPosition && slate is { ModelledUnderTarget: { } target, ModelledUnderLogging: { } logging })
            {
                gain += (above * (target[s] - means[s])) - (logging[s] - means[s]);
            }
        }

        return gain;
    }

    static double UnseenOf(IReadOnlyList<LoggedSlate> slates, double[] means, double[] weights)
    {
        var unseen = 0.0;
        for (var s = 0; s < means.Length; s++)
        {
            var filled = slates.Where(slate => slate.Slots > s).OrderByDescending(slate => slate.Logging[s]).ToArray();
            var surest = filled.Take(Math.Max(1, filled.Length / 10)).Average(slate => slate.Rewards[s]);
            unseen += Math.Max(0, 1 - (weights[s] / filled.Length)) * Math.Max(0, surest - means[s]);
        }

        return unseen;
    }
}
