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
    readonly SlateItem[] items;
    RemainingItems remaining;
    int filled;

    public SlateFilling(ReadOnlySpan<float> scores, ItemSet? eligible, int k, ExplorationPolicy policy)
    {
        policy.Validated();
        (epsilon, newItemShare) = (policy.Epsilon, policy.NewItemShare);
        remaining = new RemainingItems(scores, eligible);
        (eligibleCount, newEligibleCount) = (remaining.Count, remaining.NewCount);
        items = new SlateItem[Math.Min(k, eligibleCount)];
        try
        {
            if (policy.Temperature is 0 or double.PositiveInfinity)
            {
                greedy = TopScores.Of(remaining, items.Length + 1);
                choice = policy.Temperature == 0 ? new GreedyChoice(greedy) : null;
            }
            else
            {
                var softmax = new SoftmaxChoice(remaining, policy.Temperature);
                (choice, greedy) = (softmax, TopScores.Of(remaining, items.Length, softmax.BlockMaxima));
            }
        }
        catch
        {
            remaining.Dispose();
            throw;
        }
    }

    public readonly bool Full => filled == items.Length;

    public readonly Slate Slate => new()
    {
        Items = items,
        EligibleCount = eligibleCount,
        NewEligibleCount = newEligibleCount,
        UnservedSoftMaximum = choice?.SoftMaximum ?? double.NegativeInfinity,
    };

    /// <summary>The share of this slot that is uniform over the new items that remain.</summary>
    readonly double NewShare => remaining.NewCount > 0 ? newItemShare : 0;

    public readonly bool Remains(int item) => remaining.Contains(item);

    /// <summary>Draws the next item by the policy.</summary>
    public readonly int PickNext(ref RandomStream random)
    {
        if (NewShare > 0 && random.NextDouble() < NewShare)
        {
            return remaining.PickNew(ref random);
        }

        var uniform = choice is not { Any: true } || (epsilon > 0 && random.NextDouble() < epsilon);
        return uniform ? remaining.Pick(ref random) : choice!.Pick(remaining, ref random);
    }

    /// <summary>Puts an item that remains into the next slot, with the probability that the policy gave it there.</summary>
    public void Take(int item)
    {
        var score = remaining.ScoreOf(item);
        var chance = 1.0 / remaining.Count;
        var share = choice is { Any: true } && remaining.Count > 1 ? Math.Min(1, choice.Share(item, score)) : chance;
        var rank = greedy.Items.IndexOf(item);
        var propensity = (1 - NewShare) * (((1 - epsilon) * share) + (epsilon * chance));
        propensity += remaining.IsNew(item) ? NewShare / remaining.NewCount : 0;
        items[filled] = new SlateItem(item, score, propensity, rank < 0 || rank > filled);
        filled++;
        remaining.Remove(item);
        if (!remaining.IsNew(item))
        {
            choice?.Removed(remaining, item);
        }
    }

    public readonly void Dispose() => remaining.Dispose();
}
