namespace SasRec.Core.Explore;

/// <summary>The Poisson-binomial law of how many items have arrived, cut off at k, with any one item left out.</summary>
/// <param name="k">Counts 0..k-1 are kept.</param>
sealed class ArrivalCount(int k)
{
    // With this many items more likely there than not, fewer than k arrivals have a chance below 1e-18 for any k.
    readonly int mostLikely = (4 * k) + 100;
    readonly double[] small = new double[k];
    readonly double[] others = new double[k];
    readonly List<int> likely = [];
    double[] arrived = [];
    double[][] before = [];
    double[][] after = [];

    /// <summary>Counts anew.</summary>
    /// <param name="probabilities">[items]: the chance of each to have arrived. Kept until the next call.</param>
    /// <returns>False when fewer than k arrivals are out of the question, now and at any later time.</returns>
    public bool TryCount(double[] probabilities)
    {
        arrived = probabilities;
        likely.Clear();
        Array.Clear(small);
        small[0] = 1;
        for (var i = 0; i < arrived.Length; i++)
        {
            if (arrived[i] > 0.5)
            {
                likely.Add(i);
            }
            else
            {
                Add(small, arrived[i]);
            }
        }

        if (likely.Count > mostLikely)
        {
            return false;
        }

        // Taking a likely item out of the law by division would blow errors up, so they are left out by meeting from both sides.
        before = new double[likely.Count + 1][];
        after = new double[likely.Count + 1][];
        before[0] = small;
        after[^1] = new double[k];
        after[^1][0] = 1;
        for (var b = 0; b < likely.Count; b++)
        {
            before[b + 1] = With(before[b], arrived[likely[b]]);
            after[^(b + 2)] = With(after[^(b + 1)], arrived[likely[^(b + 1)]]);
        }

        return before[^1].Sum() > 1e-18;
    }

    /// <summary>The probability that fewer than k of the other items have arrived.</summary>
    public double FewerThanKOthers(int item)
    {
        var p = arrived[item];
        var at = p > 0.5 ? likely.BinarySearch(item) : -1;
        return at < 0 ? Without(before[^1], p) : Meet(before[at], after[at + 1]);
    }

    /// <summary>The law divided by one item's: stable for p up to a half, errors then shrink by p / (1 - p) a step.</summary>
    double Without(double[] law, double p)
    {
        var sum = 0.0;
        for (var j = 0; j < k; j++)
        {
            others[j] = (law[j] - (j > 0 ? p * others[j - 1] : 0)) / (1 - p);
            sum += others[j];
        }

        return Math.Clamp(sum, 0, 1);
    }

    double Meet(double[] left, double[] right)
    {
        var (sum, cumulative) = (0.0, 0.0);
        for (var j = k - 1; j >= 0; j--)
        {
            cumulative += right[k - 1 - j];
            sum += left[j] * cumulative;
        }

        return sum;
    }

    static double[] With(double[] law, double p)
    {
        var sum = (double[])law.Clone();
        Add(sum, p);
        return sum;
    }

    static void Add(double[] law, double p)
    {
        for (var j = law.Length - 1; j > 0; j--)
        {
            law[j] = (law[j] * (1 - p)) + (law[j - 1] * p);
        }

        law[0] *= 1 - p;
    }
}
