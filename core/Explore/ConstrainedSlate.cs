using System.Numerics.Tensors;

namespace SasRec.Core.Explore;

/// <summary>Draws slates under constraints, and knows the probability of what it drew.</summary>
/// <remarks>
/// Slot by slot: what the caps leave is eligible, its scores are lowered by what MMR (Carbonell and Goldstein 1998) takes off for the items
/// above, and the next item is drawn as in <see cref="PlackettLuceSlate"/>. Both follow from the slots above without chance, so the
/// propensity of a slot given those above is exact: the policy's, over what is left. What it does not give is the propensity at another
/// temperature, for which every slot would need its own sums. Costs O(V) a slot; without constraints it is <see cref="PlackettLuceSlate"/>.
/// </remarks>
public static class ConstrainedSlate
{
    /// <summary>Draws a slate and its propensities.</summary>
    /// <param name="scores">As for <see cref="PlackettLuceSlate.Draw"/>.</param>
    /// <param name="eligible">As for <see cref="PlackettLuceSlate.Draw"/>.</param>
    /// <param name="k">The slots wanted; the slate is shorter if the constraints leave nothing for a slot.</param>
    /// <param name="policy">As for <see cref="PlackettLuceSlate.Draw"/>.</param>
    /// <param name="constraints">What the slate keeps to.</param>
    /// <param name="seed">As for <see cref="PlackettLuceSlate.Draw"/>.</param>
    /// <returns>The slate; its log-sum-exp is negative infinity, for it would tell nothing.</returns>
    public static Slate Draw(
        ReadOnlySpan<float> scores, ItemSet? eligible, int k, ExplorationPolicy policy, SlateConstraints constraints, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        var (random, filling) = (new RandomStream(seed), new Filling(scores, eligible, policy, constraints));
        for (var slot = 0; slot < k && filling.Any; slot++)
        {
            filling.Take(filling.PickNext(ref random));
        }

        return filling.Slate;
    }

    /// <summary>The probability of each slot of a slate, given those above.</summary>
    /// <param name="scores">As for <see cref="Draw"/>.</param>
    /// <param name="eligible">As for <see cref="Draw"/>.</param>
    /// <param name="items">[slots]: the slate.</param>
    /// <param name="policy">As for <see cref="Draw"/>.</param>
    /// <param name="constraints">As for <see cref="Draw"/>.</param>
    /// <returns>[slots]; 0 from the first item on that the constraints do not allow.</returns>
    public static double[] PropensitiesOf(
        ReadOnlySpan<float> scores, ItemSet? eligible, ReadOnlySpan<int> items, ExplorationPolicy policy, SlateConstraints constraints)
    {
        var filling = new Filling(scores, eligible, policy, constraints);
        var propensities = new double[items.Length];
        for (var slot = 0; slot < items.Length && filling.Allows(items[slot]); slot++)
        {
            filling.Take(items[slot]);
            propensities[slot] = filling.Slate.Items[slot].Propensity;
        }

        return propensities;
    }

    /// <summary>A slate while it fills.</summary>
    sealed class Filling
    {
        readonly ExplorationPolicy policy;
        readonly SlateConstraints constraints;
        readonly int known; // V
        readonly (int All, int New) eligibleAtFirst;
        readonly float[] scores; // [V]: negative infinity for what is not left.
        readonly float[] likest; // [V]: the likeness with the likest item above.
        readonly float[] likeness;
        readonly ItemSet left; // V + N
        readonly Dictionary<CategoryCap, int> taken = [];
        readonly List<SlateItem> items = [];
        (int All, int New) count;
        double greedyShare;
        bool? isGreedy;

        // Of the slot to be filled.
        float[] shifted = [];
        int first;
        double total;

        public Filling(ReadOnlySpan<float> given, ItemSet? eligible, ExplorationPolicy policy, SlateConstraints constraints)
        {
            ArgumentNullException.ThrowIfNull(policy);
            ArgumentNullException.ThrowIfNull(constraints);
            (this.policy, this.constraints, known, greedyShare) = (policy.Validated(), constraints, given.Length, policy.GreedyShare);
            left = eligible?.Copy() ?? ItemSet.All(known);
            (scores, likest, likeness) = (given.ToArray(), new float[known], new float[known]);
            for (var item = 0; item < known; item++)
            {
                if (!left.Contains(item))
                {
                    scores[item] = float.NegativeInfinity;
                }
                else if (float.IsNaN(scores[item]) || float.IsPositiveInfinity(scores[item]))
                {
                    throw new ArgumentException($"The score of item {item} is {scores[item]}; it must be finite or negative infinity.", nameof(given));
                }
            }

            eligibleAtFirst = count = (left.Count, left.Count - left.CountBelow(known));
            Weigh();
        }

        public bool Any => count.All > 0;

        public Slate Slate => new()
        {
            Items = items,
            EligibleCount = eligibleAtFirst.All,
            NewEligibleCount = eligibleAtFirst.New,
            UnservedLogSumExp = double.NegativeInfinity,
        };

        double NewShare => count.New > 0 ? policy.NewItemShare : 0;

        bool HasChoice => policy.Temperature < double.PositiveInfinity && first >= 0;

        public bool Allows(int item) => left.Contains(item);

        public int PickNext(ref RandomStream random)
        {
            isGreedy ??= greedyShare > 0 && random.NextDouble() < greedyShare;
            if (NewShare > 0 && random.NextDouble() < NewShare)
            {
                return Nth(known, (int)(random.NextDouble() * count.New));
            }

            if (isGreedy == true && first >= 0)
            {
                return first;
            }

            if (isGreedy == true || !HasChoice || (policy.Epsilon > 0 && random.NextDouble() < policy.Epsilon))
            {
                return Nth(0, (int)(random.NextDouble() * count.All));
            }

            return policy.Temperature == 0 ? first : ByWeight(random.NextDouble() * total);
        }

        public void Take(int item)
        {
            var isFirst = item == first;
            var chance = 1.0 / count.All;
            var share = !HasChoice ? chance
                : policy.Temperature == 0 ? (isFirst ? 1 : 0)
                : item < known ? shifted[item] / total : 0;
            var news = item >= known ? NewShare / count.New : 0;
            var drawn = ((1 - NewShare) * (((1 - policy.Epsilon) * share) + (policy.Epsilon * chance))) + news;
            var greedy = ((1 - NewShare) * (isFirst ? 1 : first >= 0 ? 0 : chance)) + news;
            (var propensity, greedyShare) = GreedyMixture.Next(greedyShare, greedy, drawn);
            items.Add(new SlateItem(item, item < known ? scores[item] : float.NegativeInfinity, propensity, !isFirst, isFirst));
            Remove(item);
            foreach (var cap in constraints.CapsOf?.Invoke(item) ?? [])
            {
                taken[cap] = taken.GetValueOrDefault(cap) + 1;
                if (taken[cap] >= cap.Most)
                {
                    RemoveAll(cap.Members);
                }
            }

            if (constraints.Diversity > 0)
            {
                constraints.Likeness!(item, likeness);
                TensorPrimitives.Max(likest, likeness, likest);
            }

            Weigh();
        }

        /// <summary>Finds the highest score that is left, the lower index among equals, and the weights of all.</summary>
        void Weigh()
        {
            if (constraints.Diversity > 0)
            {
                // Where nothing is left the score is negative infinity, and stays so.
                shifted = shifted.Length == known ? shifted : new float[known];
                TensorPrimitives.MultiplyAdd(likest, (float)-constraints.Diversity, scores, shifted);
            }
            else
            {
                shifted = [.. scores];
            }

            first = -1;
            var highest = float.NegativeInfinity;
            for (var item = 0; item < known; item++)
            {
                if (shifted[item] > highest)
                {
                    (first, highest) = (item, shifted[item]);
                }
            }

            if (first < 0 || policy.Temperature is 0 or double.PositiveInfinity)
            {
                return;
            }

            TensorPrimitives.Subtract(shifted, highest, shifted);
            TensorPrimitives.Multiply(shifted, (float)(1 / policy.Temperature), shifted);
            TensorPrimitives.Exp(shifted, shifted);
            total = 0;
            foreach (var weight in shifted)
            {
                total += weight;
            }
        }

        int ByWeight(double target)
        {
            var last = first;
            for (var item = 0; item < known; item++)
            {
                if (shifted[item] > 0)
                {
                    target -= shifted[item];
                    last = item;
                    if (target < 0)
                    {
                        break;
                    }
                }
            }

            return last;
        }

        /// <summary>The n-th item that is left, counted from 0 and from an index on.</summary>
        int Nth(int from, int n)
        {
            for (var item = from; item < left.Capacity; item++)
            {
                if (left.Contains(item) && n-- == 0)
                {
                    return item;
                }
            }

            throw new InvalidOperationException("No item is left.");
        }

        void RemoveAll(ItemSet members)
        {
            for (var item = 0; item < members.Capacity; item++)
            {
                if (members.Contains(item) && left.Contains(item))
                {
                    Remove(item);
                }
            }
        }

        void Remove(int item)
        {
            left.Remove(item);
            count = (count.All - 1, count.New - (item >= known ? 1 : 0));
            if (item < known)
            {
                scores[item] = float.NegativeInfinity;
            }
        }
    }
}
