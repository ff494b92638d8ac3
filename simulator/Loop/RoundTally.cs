using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Explore;

namespace SasRec.Simulator.Loop;

/// <summary>What one round served, what came of it, and what the truth was.</summary>
sealed class RoundTally(LoopOptions options, ClosedWorld world)
{
    readonly int[] served = new int[options.Items];
    readonly double[] chances = new double[options.Items];
    readonly double[] looks = [.. Enumerable.Range(0, options.Slots).Select(last => Enumerable.Range(0, last + 1).Sum(world.Examination))];
    readonly int[] offered = new int[options.Items];
    readonly double[] best = new double[options.Slots];
    double utility;
    double possible;
    int slates;

    public double UtilityPerSlate => utility / slates;

    /// <summary>What the best slates would have been worth.</summary>
    public double PossiblePerSlate => possible / slates;

    public IEnumerable<int> ServedItems => Enumerable.Range(0, options.Items).Where(item => served[item] > 0);

    public int Served(int item) => served[item];

    /// <summary>
    /// A slate was drawn for a user. An eligible item might have stood at each slot down to its own, or at any if it is not in the slate:
    /// that is the population of which the weighed rate is an estimate.
    /// </summary>
    public void Offer(int user, ItemSet eligible, Slate slate)
    {
        slates++;
        Array.Clear(best);
        for (var item = 0; item < options.Items; item++)
        {
            if (eligible.Contains(item))
            {
                var last = slate.Items.Count - 1;
                for (var slot = 0; slot < last; slot++)
                {
                    last = slate.Items[slot].Item == item ? slot : last;
                }

                offered[item] += last + 1;
                var relevance = world.Relevance(user, item);
                chances[item] += looks[last] * relevance;
                Rank(relevance);
            }
        }

        for (var slot = 0; slot < best.Length; slot++)
        {
            possible += best[slot] * world.Examination(slot);
        }
    }

    /// <summary>Keeps the highest relevances, in descending order.</summary>
    void Rank(double relevance)
    {
        for (var slot = best.Length - 1; slot >= 0 && best[slot] < relevance; slot--)
        {
            if (slot + 1 < best.Length)
            {
                best[slot + 1] = best[slot];
            }

            best[slot] = relevance;
        }
    }

    /// <summary>An item was shown, with its true chance of being taken.</summary>
    public void Add(int item, double chance)
    {
        utility += chance;
        served[item]++;
    }

    /// <summary>How the rates that claim support compare with the truth.</summary>
    public (double? Error, double? PlainError, double? Covered, double? PlainCovered) Rates(IReadOnlyList<ServedOutcome> outcomes)
    {
        List<(double Error, double PlainError, double Covered, double PlainCovered)> rows = [];
        foreach (var slots in outcomes.GroupBy(outcome => outcome.Item.ItemId))
        {
            var item = LoopLog.ItemOf(slots.Key);
            var rate = InteractionRate.Of(slots, opportunities: offered[item]);
            if (rate.NotEnoughSupport is null)
            {
                var truth = chances[item] / offered[item];
                var (low, high) = InteractionRate.Wilson(rate.Plain, rate.Served);
                rows.Add((
                    Math.Abs(rate.Value - truth),
                    Math.Abs(rate.Plain - truth),
                    truth >= rate.Low && truth <= rate.High ? 1 : 0,
                    truth >= low && truth <= high ? 1 : 0));
            }
        }

        return rows.Count == 0
            ? (null, null, null, null)
            : (rows.Average(r => r.Error), rows.Average(r => r.PlainError), rows.Average(r => r.Covered), rows.Average(r => r.PlainCovered));
    }
}
