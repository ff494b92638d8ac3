using SasRec.Core.Model;
using SasRec.Core.Sequences;

namespace SasRec.Trainer.Train.Cpu;

/// <summary>Draws items uniformly, or in proportion to popularity^alpha by Walker's alias method (constant time a draw).</summary>
sealed class NegativeSampler
{
    readonly int items;
    readonly int[] alias = [];
    readonly double[] keep = [];

    public NegativeSampler(SequenceDataset data, TrainingOptions options)
    {
        items = data.ItemCount;
        if (options.PopularityPower == 0 && options.InBatchShare == 0)
        {
            return;
        }

        var counts = new double[items];
        for (var user = 0; user < data.UserCount; user++)
        {
            foreach (var item in data.Items(user))
            {
                counts[item]++;
            }
        }

        // An item without interactions must be sampled too, or its score stays at its random start.
        var powers = Array.ConvertAll(counts, count => Math.Pow(Math.Max(count, 0.5), options.PopularityPower));
        var (powerTotal, total) = (powers.Sum(), counts.Sum());
        LogProbability = new float[items];
        for (var item = 0; item < items; item++)
        {
            var share = options.InBatchShare;
            LogProbability[item] = (float)Math.Log((1 - share) * powers[item] / powerTotal + share * Math.Max(counts[item], 0.5) / total);
        }

        if (options.PopularityPower > 0)
        {
            (alias, keep) = (new int[items], new double[items]);
            BuildAlias(powers, items / powerTotal);
        }
    }

    /// <summary>[V]: log of the probability of a draw; null where it is uniform, so that it cancels.</summary>
    public float[]? LogProbability { get; }

    public int Draw(ulong key, ulong counter)
    {
        var bits = CounterRandom.Bits(key, counter);
        var item = (int)Math.BigMul(bits, (ulong)items, out var rest);
        return alias.Length == 0 || rest * (1.0 / 18446744073709551616.0) < keep[item] ? item : alias[item];
    }

    void BuildAlias(double[] weights, double factor)
    {
        var (small, large) = (new Stack<int>(), new Stack<int>());
        for (var item = 0; item < items; item++)
        {
            keep[item] = weights[item] * factor;
            (keep[item] < 1 ? small : large).Push(item);
        }

        while (small.Count > 0 && large.Count > 0)
        {
            var (less, more) = (small.Pop(), large.Pop());
            alias[less] = more;
            keep[more] -= 1 - keep[less];
            (keep[more] < 1 ? small : large).Push(more);
        }

        while (large.Count > 0)
        {
            keep[large.Pop()] = 1;
        }

        while (small.Count > 0)
        {
            keep[small.Pop()] = 1;
        }
    }
}
