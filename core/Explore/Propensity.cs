using SasRec.Core.Events;

namespace SasRec.Core.Explore;

/// <summary>The probabilities of slates that were drawn elsewhere: by another policy, or read from a log.</summary>
public static class Propensity
{
    /// <summary>The propensities that a policy gives to a slate, whoever drew it: what off-policy evaluation asks of a challenger.</summary>
    /// <param name="scores">[V]: logits of the policy's model; negative infinity for an item without a score.</param>
    /// <param name="eligible">What the filters left; null for the whole catalogue.</param>
    /// <param name="items">The slate, first slot first, all eligible and different.</param>
    /// <param name="policy">Temperature and epsilon.</param>
    /// <param name="firstNew">As for <see cref="PlackettLuceSlate.Draw"/>.</param>
    /// <returns>[items]: for each slot the probability given the slots before; 0 where the policy would never do it.</returns>
    /// <exception cref="ArgumentException">An item is not eligible, or stands twice in the slate.</exception>
    public static double[] OfSlate(
        ReadOnlySpan<float> scores, ItemSet? eligible, ReadOnlySpan<int> items, ExplorationPolicy policy, int? firstNew = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var filling = new SlateFilling(scores, eligible, items.Length, policy, firstNew);
        try
        {
            foreach (var item in items)
            {
                if (filling.Full || !filling.Remains(item))
                {
                    throw new ArgumentException($"Item {item} is not eligible, or stands twice in the slate.", nameof(items));
                }

                filling.Take(item);
            }

            return [.. filling.Slate.Items.Select(item => item.Propensity)];
        }
        finally
        {
            filling.Dispose();
        }
    }

    /// <summary>Recomputes a logged slate's propensities from the log record alone.</summary>
    /// <param name="impression">A slate as logged. Which of equal scores came first is read from it; in a record that does not say, equal
    /// scores are taken to stand in greedy order.</param>
    /// <returns>[items]: for each slot the probability given the slots before.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The record's policy is out of range.</exception>
    public static double[] OfSlate(Impression impression)
    {
        ArgumentNullException.ThrowIfNull(impression);
        var policy = new ExplorationPolicy
        {
            Temperature = impression.Temperature,
            Epsilon = impression.Epsilon,
            NewItemShare = impression.NewItemShare,
            GreedyShare = impression.GreedyShare,
        }.Validated();
        var items = impression.Items;
        var (propensities, ordered) = (new double[items.Count], new double[items.Count]);
        var unserved = impression.UnservedLogSumExp ?? double.NegativeInfinity;
        var newItems = impression.NewEligibleCount - items.Count(item => item.IsNew);

        // From the last slot back, so that the mass of what remained only grows and nothing is subtracted.
        for (var slot = items.Count - 1; slot >= 0; slot--)
        {
            var score = items[slot].Score ?? double.NegativeInfinity;
            var chance = 1.0 / (impression.EligibleCount - slot);
            var mass = LogSumExp(unserved, score, policy.Temperature);
            newItems += items[slot].IsNew ? 1 : 0;
            var newShare = newItems > 0 ? policy.NewItemShare : 0;
            var news = items[slot].IsNew ? newShare / newItems : 0;
            var share = policy.Temperature == 0 && items[slot].Greedy is { } isFirst && !double.IsNegativeInfinity(mass)
                ? isFirst ? 1 : 0
                : Share(score, mass, policy.Temperature, chance);
            propensities[slot] = ((1 - newShare) * (((1 - policy.Epsilon) * share) + (policy.Epsilon * chance))) + news;
            ordered[slot] = ((1 - newShare) * First(items[slot], mass, chance)) + news;
            unserved = mass;
        }

        var greedyShare = policy.GreedyShare;
        for (var slot = 0; slot < items.Count; slot++)
        {
            (propensities[slot], greedyShare) = GreedyMixture.Next(greedyShare, ordered[slot], propensities[slot]);
        }

        return propensities;
    }

    /// <summary>The chance that a greedy slate puts the item here: where nothing with a score remains it is uniform.</summary>
    static double First(ServedItem item, double mass, double chance) =>
        chance == 1 || item.Greedy == true ? 1 : double.IsNegativeInfinity(mass) ? chance : 0;

    static double Share(double score, double mass, double temperature, double chance) =>
        double.IsNegativeInfinity(mass) || double.IsPositiveInfinity(temperature) ? chance
        : temperature == 0 ? (score >= mass ? 1 : 0)
        : Math.Exp((score - mass) / temperature);

    internal static double LogSumExp(double a, double b, double temperature)
    {
        var (high, low) = (Math.Max(a, b), Math.Min(a, b));
        return temperature is 0 or double.PositiveInfinity || double.IsNegativeInfinity(low)
            ? high
            : high + (temperature * Math.Log(1 + Math.Exp((low - high) / temperature)));
    }
}
