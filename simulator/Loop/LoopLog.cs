using SasRec.Core.Explore;
using SasRec.Core.Sequences;

namespace SasRec.Simulator.Loop;

/// <summary>What every user did, in order, with the propensity of what came through a slate.</summary>
sealed class LoopLog(int users, int items)
{
    readonly List<(int Item, double? Propensity)>[] histories = [.. Enumerable.Range(0, users).Select(_ => new List<(int, double?)>())];

    public int[] Counts { get; } = new int[items];

    public void Add(int user, int item, double? propensity)
    {
        histories[user].Add((item, propensity));
        Counts[item]++;
    }

    public int[] History(int user) => [.. histories[user].Select(interaction => interaction.Item)];

    /// <summary>The histories to train on; see <see cref="LoopArm.MaxWeight"/>.</summary>
    public SequenceDataset Training(double? maxWeight, ulong seed)
    {
        var random = new RandomStream(seed);
        var (offsets, kept) = (new List<int> { 0 }, new List<int>());
        foreach (var history in histories)
        {
            foreach (var (item, propensity) in history)
            {
                if (maxWeight is null || propensity is null || random.NextDouble() * propensity.Value * maxWeight.Value < 1)
                {
                    kept.Add(item);
                }
            }

            offsets.Add(kept.Count);
        }

        return new SequenceDataset(items, [.. offsets], [.. kept]);
    }
}
