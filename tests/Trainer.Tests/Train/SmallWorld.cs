using SasRec.Core.Model;
using SasRec.Core.Sequences;

namespace SasRec.Trainer.Tests.Train;

/// <summary>Small data with something to learn: after item i, mostly i + 1 comes next.</summary>
static class SmallWorld
{
    /// <summary>The same data with a weight for each interaction: 0 for some, up to 3 for others.</summary>
    public static SequenceDataset Weighted(SequenceDataset data) =>
        data.WithWeights([.. Enumerable.Range(0, data.InteractionCount).Select(i => Math.Max(0, (float)(4 * CounterRandom.Uniform(9, (ulong)i)) - 1))]);

    public static SequenceDataset Make(int users, int items, int shortest, int longest, ulong seed = 5)
    {
        List<int> offsets = [0], all = [];
        for (var user = 0; user < users; user++)
        {
            var key = CounterRandom.Bits(seed, (ulong)user);
            var item = CounterRandom.Below(key, 0, items);
            var length = shortest + CounterRandom.Below(key, 1, longest - shortest + 1);
            for (var t = 0; t < length; t++)
            {
                all.Add(item);
                item = CounterRandom.Uniform(key, (ulong)(2 + t)) < 0.8 ? (item + 1) % items : CounterRandom.Below(~key, (ulong)t, items);
            }

            offsets.Add(all.Count);
        }

        return new SequenceDataset(items, [.. offsets], [.. all]);
    }
}
