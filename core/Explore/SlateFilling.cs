namespace SasRec.Core.Explore;

/// <summary>A slate while it fills, slot by slot, whether the items are drawn or read from a log.</summary>
ref struct SlateFilling : IDisposable
{
    readonly double epsilon;
    readonly double newItemShare;
    readonly int eligibleCount;
    readonly int newEligibleCount;
    readonly TopScores greedy;
    readonly SlotChoice? choice;
    readonly GreedyChoice first;
    readonly SlateItem[] items;
    RemainingItems remaining;
    int filled;

    // The probability that the slate is a greedy one, given what it holds so far.
    double greedyShare;
    bool? isGreedy;

    public SlateFilling(ReadOnlySpan<float> scores, ItemSet? eligible, int k, ExplorationPolicy policy, int? firstNew = null)
    {
        policy.Validated();
        (epsilon, newItemShare, greedyShare) = (policy.Epsilon, policy.NewItemShare, policy.GreedyShare);
        remaining = new RemainingItems(scores, eligible, firstNew);
        (eligibleCount, newEligibleCount) = (remaining.Count, remaining.NewCount);
        items = new SlateItem[Math.Min(k, eligibleCount)];
        try
        {
            if (policy.Temperature is 0 or double.PositiveInfinity)
            {
                greedy = TopScores.Of(remaining, items.Length + 1);
                first = new GreedyChoice(greedy);
                choice = policy.Temperature == 0 ? first : null;
            }
            else
            {
                var softmax = new SoftmaxChoice(remaining, policy.Temperature);
                (choice, greedy) = (softmax, TopScores.Of(remaining, items.Length + 1, softmax.BlockMaxima));
                first = new GreedyChoice(greedy);
            }
        }
        catch
        {
            remaining.Dispose();
            throw;
        }
    }

    /// <summary>How many items were eligible before the first slot.</summary>
    public readonly int Count => eligibleCount;

    public readonly bool Full => filled == items.Length;

    public readonly Slate Slate => new()
    {
        Items = items,
        EligibleCount = eligibleCount,
        NewEligibleCount = newEligibleCount,
        UnservedLogSumExp = choice?.LogSumExp ?? double.NegativeInfinity,
    };

    /// <summary>The share of this slot that is uniform over the new items that remain.</summary>
    readonly double NewShare => remaining.NewCount > 0 ? newItemShare : 0;

    public readonly bool Remains(int item) => remaining.Contains(item);

    /// <summary>Draws the next item by the policy.</summary>
    public int PickNext(ref RandomStream random)
    {
        isGreedy ??= greedyShare > 0 && random.NextDouble() < greedyShare;
        return Pick(isGreedy == true, ref random);
    }

    /// <summary>Draws what might come next, given the slots above: whether the slate is greedy is drawn anew, by what they say of it.</summary>
    public readonly int PickGiven(ref RandomStream random) => Pick(greedyShare > 0 && random.NextDouble() < greedyShare, ref random);

    readonly int Pick(bool ordered, ref RandomStream random)
    {
        if (NewShare > 0 && random.NextDouble() < NewShare)
        {
            return remaining.PickNew(ref random);
        }

        if (ordered)
        {
            return first.Any ? first.Pick(remaining, ref random) : remaining.Pick(ref random);
        }

        var uniform = choice is not { Any: true } || (epsilon > 0 && random.NextDouble() < epsilon);
        return uniform ? remaining.Pick(ref random) : choice!.Pick(remaining, ref random);
    }

    /// <summary>The probability that the policy gives an item that remains in the next slot, given the slots above.</summary>
    public readonly double ChanceOf(int item)
    {
        var (greedyChance, drawn, _) = Parts(item);
        return GreedyMixture.Next(greedyShare, greedyChance, drawn).Propensity;
    }

    /// <summary>Puts an item that remains into the next slot, with the probability that the policy gave it there.</summary>
    public void Take(int item)
    {
        var (greedyChance, drawn, isFirst) = Parts(item);
        var rank = greedy.Items.IndexOf(item);
        (var propensity, greedyShare) = GreedyMixture.Next(greedyShare, greedyChance, drawn);
        items[filled] = new SlateItem(item, remaining.ScoreOf(item), propensity, rank < 0 || rank > filled, isFirst);
        filled++;
        remaining.Remove(item);
        if (remaining.IsScored(item))
        {
            first.Removed(remaining, item);
            if (choice != first)
            {
                choice?.Removed(remaining, item);
            }
        }
    }

    /// <summary>The chance of an item in the next slot of a greedy slate and of a drawn one, and whether it is the greedy choice.</summary>
    readonly (double Greedy, double Drawn, bool IsFirst) Parts(int item)
    {
        var chance = 1.0 / remaining.Count;
        var share = choice is { Any: true } && remaining.Count > 1 ? Math.Min(1, choice.Share(item, remaining.ScoreOf(item))) : chance;
        var news = remaining.IsNew(item) ? NewShare / remaining.NewCount : 0;
        var drawn = ((1 - NewShare) * (((1 - epsilon) * share) + (epsilon * chance))) + news;
        var isFirst = first.Any && first.Share(item, 0) == 1;
        var ordered = ((1 - NewShare) * (isFirst ? 1 : first.Any ? 0 : chance)) + news;
        return (ordered, drawn, isFirst);
    }

    public readonly void Dispose() => remaining.Dispose();
}
