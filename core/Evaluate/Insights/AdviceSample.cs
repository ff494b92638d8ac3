using SasRec.Core.Events;
using SasRec.Core.Explore;

namespace SasRec.Core.Evaluate.Insights;

/// <summary>A uniform sample of the slates that say something of other temperatures: those with the smallest hashes of their ids.</summary>
/// <remarks>Which slates that is does not depend on the order in which they come, nor on how builders were merged.</remarks>
/// <param name="size">The most slates to hold.</param>
sealed class AdviceSample(int size)
{
    readonly PriorityQueue<AdviceSlate, ulong> largestFirst = new(Comparer<ulong>.Create((a, b) => b.CompareTo(a)));

    /// <summary>The slates, in the order of their hashes.</summary>
    public IReadOnlyList<AdviceSlate> Slates => [.. largestFirst.UnorderedItems.OrderBy(s => s.Priority).Select(s => s.Element)];

    public void Add(SlateOutcome outcome)
    {
        var hash = UserHash.Of(outcome.Impression.RecommendationId);
        if (largestFirst.Count < size || hash < Largest)
        {
            Keep(AdviceSlate.Of(outcome), hash);
        }
    }

    public void Add(AdviceSample other)
    {
        foreach (var (slate, hash) in other.largestFirst.UnorderedItems)
        {
            Keep(slate, hash);
        }
    }

    ulong Largest => largestFirst.TryPeek(out _, out var hash) ? hash : ulong.MaxValue;

    void Keep(AdviceSlate slate, ulong hash)
    {
        largestFirst.Enqueue(slate, hash);
        if (largestFirst.Count > size)
        {
            largestFirst.Dequeue();
        }
    }
}

/// <summary>What the advice needs of a slate.</summary>
/// <param name="Impression">As it was logged.</param>
/// <param name="Rewards">[slots]: 1 where it was acted on, else 0.</param>
/// <param name="User">What tells its user from others.</param>
sealed record AdviceSlate(Impression Impression, double[] Rewards, ulong User)
{
    /// <summary>Interactions of the slate.</summary>
    public double Reward { get; } = Rewards.Sum();

    /// <summary>[slots]: the propensities as logged.</summary>
    public double[] Logged { get; } = [.. Impression.Items.Select(item => item.Propensity)];

    /// <summary>[slots]: those of the same slate, uniformly drawn.</summary>
    public double[] Uniform { get; } = Propensity.OfSlate(Impression with { Temperature = 0, Epsilon = 1, GreedyShare = 0, UnservedLogSumExp = null });

    public static AdviceSlate Of(SlateOutcome outcome) =>
        new(outcome.Impression with { UserId = null }, [.. outcome.Interacted.Select(hit => hit ? 1.0 : 0.0)], UserHash.Of(outcome.Impression));

    /// <summary>The propensities of the slate at another temperature, without a uniform share.</summary>
    /// <returns>[slots]; null where the slate was not logged with what that takes.</returns>
    public double[]? SharesAt(double temperature)
    {
        if (Impression.UnservedLogSumExps is not { } logged)
        {
            return null;
        }

        var unserved = logged.Count == 0 || temperature == Impression.Temperature ? Impression.UnservedLogSumExp
            : logged.FirstOrDefault(u => u.Temperature == temperature)?.Value ?? double.NaN;
        return double.IsNaN(unserved ?? 0)
            ? null
            : Propensity.OfSlate(Impression with { Temperature = temperature, Epsilon = 0, GreedyShare = 0, UnservedLogSumExp = unserved });
    }
}
