using SasRec.Core.Events;

namespace SasRec.Core.Explore;

/// <summary>A logged slate in the eyes of a model that did not draw it.</summary>
public static class Counterfactual
{
    /// <summary>The record that the same slate would have left had another model drawn it by the same policy.</summary>
    /// <remarks>
    /// <see cref="Propensity.OfSlate(Impression)"/> of what is returned are the model's probabilities of the slate: those of the record
    /// itself are left as they were logged. How many items were eligible, and how many of them new, is taken from the log: exact where
    /// the two models know the same items, else off by so many of all that are eligible, and in the uniform shares alone.
    /// </remarks>
    /// <param name="logged">The slate as logged.</param>
    /// <param name="indexOf">The model's index of an item; -1 for one that it does not know.</param>
    /// <param name="scores">[V]: its scores; negative infinity for an item of which it has no opinion.</param>
    /// <param name="eligible">What the filters left of its items; the slate's own are taken out of it.</param>
    /// <param name="firstNew">From this index on, items are new; null for V.</param>
    public static Impression Rescored(
        Impression logged, Func<string, int> indexOf, ReadOnlySpan<float> scores, ItemSet eligible, int? firstNew = null)
    {
        ArgumentNullException.ThrowIfNull(logged);
        ArgumentNullException.ThrowIfNull(indexOf);
        ArgumentNullException.ThrowIfNull(eligible);
        var rescored = new ServedItem[logged.Items.Count];
        int[] indices = [.. logged.Items.Select(item => indexOf(item.ItemId))];
        for (var slot = 0; slot < rescored.Length; slot++)
        {
            var item = logged.Items[slot];
            var index = indices[slot];
            if (index >= 0 && index < scores.Length && !float.IsNegativeInfinity(scores[index]))
            {
                eligible.Remove(index);
                rescored[slot] = item with { Score = scores[index], IsNew = index >= (firstNew ?? scores.Length) };
            }
            else
            {
                rescored[slot] = item with { Score = null, IsNew = true };
            }
        }

        MarkGreedy(rescored, indices, PlackettLuceSlate.Draw(scores, eligible, 1, ExplorationPolicy.Greedy, seed: 0).Items);

        // A slate of no slots leaves out all that is eligible.
        var policy = new ExplorationPolicy { Temperature = logged.Temperature, Epsilon = 0 };
        var unserved = PlackettLuceSlate.Draw(scores, eligible, 0, policy, seed: 0).UnservedLogSumExp;
        return logged with
        {
            Items = rescored,
            UnservedLogSumExp = double.IsFinite(unserved) ? unserved : null,
            NewEligibleCount = logged.NewEligibleCount + rescored.Count(item => item.IsNew) - logged.Items.Count(item => item.IsNew),
        };
    }

    /// <summary>Says of each item whether the model would have put it there: no higher score remains, and no equal one of a lower index.</summary>
    static void MarkGreedy(ServedItem[] slate, int[] indices, IReadOnlyList<SlateItem> bestUnserved)
    {
        (double Score, int Index) best = bestUnserved is [{ Score: > float.NegativeInfinity } top] ? (top.Score, top.Item) : (double.NegativeInfinity, -1);
        for (var slot = slate.Length - 1; slot >= 0; slot--)
        {
            if (slate[slot].Score is { } score)
            {
                var index = indices[slot];
                var first = score > best.Score || (score == best.Score && index < best.Index);
                best = first ? (score, index) : best;
                slate[slot] = slate[slot] with { Greedy = first };
            }
            else
            {
                slate[slot] = slate[slot] with { Greedy = false };
            }
        }
    }
}
