using SasRec.Core.Explore;

namespace SasRec.Core.Tests.Explore;

/// <summary>Slates the slow way: the definition of the policy read aloud, in double precision.</summary>
static class Slates
{
    public static double SlotProbability(float[] scores, IReadOnlyCollection<int> remaining, int item, ExplorationPolicy policy, int? firstNew = null)
    {
        var from = firstNew ?? scores.Length;
        var uniform = 1.0 / remaining.Count;
        var others = ((1 - policy.Epsilon) * ModelShare(scores, remaining, item, policy.Temperature)) + (policy.Epsilon * uniform);
        var newItems = remaining.Count(other => other >= from);
        return newItems == 0
            ? others
            : ((1 - policy.NewItemShare) * others) + (item >= from ? policy.NewItemShare / newItems : 0);
    }

    public static double[] Propensities(float[] scores, IEnumerable<int> eligible, IEnumerable<int> slate, ExplorationPolicy policy, int? firstNew = null)
    {
        var remaining = eligible.ToHashSet();
        var propensities = new List<double>();
        foreach (var item in slate)
        {
            propensities.Add(SlotProbability(scores, remaining, item, policy, firstNew));
            remaining.Remove(item);
        }

        return [.. propensities];
    }

    /// <summary>Every ordered slate of k different items.</summary>
    public static IEnumerable<int[]> All(int[] items, int k) =>
        k == 0 ? [[]] : items.SelectMany(first => All([.. items.Where(item => item != first)], k - 1), (first, rest) => (int[])[first, .. rest]);

    public static int[] ItemsOf(Slate slate) => [.. slate.Items.Select(item => item.Item)];

    public static float[] Normal(int count, double deviation, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(deviation * Gauss(random)))];
    }

    public static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    static double ModelShare(float[] scores, IReadOnlyCollection<int> remaining, int item, double temperature)
    {
        var scored = remaining.Where(other => other < scores.Length && !float.IsNegativeInfinity(scores[other])).ToArray();
        if (double.IsPositiveInfinity(temperature) || scored.Length == 0)
        {
            return 1.0 / remaining.Count;
        }

        if (temperature == 0)
        {
            return scored.OrderByDescending(other => scores[other]).ThenBy(other => other).First() == item ? 1 : 0;
        }

        if (item >= scores.Length)
        {
            return 0;
        }

        double max = scored.Max(other => scores[other]);
        return Math.Exp((scores[item] - max) / temperature) / scored.Sum(other => Math.Exp((scores[other] - max) / temperature));
    }
}
