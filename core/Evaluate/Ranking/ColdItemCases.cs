using SasRec.Core.Model;
using SasRec.Core.Sequences;

namespace SasRec.Core.Evaluate.Ranking;

/// <summary>Asks how well items rank that nobody has acted on: their actions are taken out of every history, and are what is asked for.</summary>
/// <remarks>For each user who took one of these items they alone are ranked, after the rest of the user's history.</remarks>
public sealed class ColdItemCases
{
    const int Batch = 128;

    readonly ReadOnlyMemory<int>[] histories;
    readonly int[][] targets; // [cases]: places in Items.

    ColdItemCases(SequenceDataset train, int[] items, ReadOnlyMemory<int>[] histories, int[][] targets) =>
        (Train, Items, this.histories, this.targets) = (train, items, histories, targets);

    /// <summary>What is left: the same users and items, without an action on the cold ones.</summary>
    public SequenceDataset Train { get; }

    /// <summary>The cold items, ascending.</summary>
    public IReadOnlyList<int> Items { get; }

    /// <summary>How many users are asked about: those who took a cold item and another one.</summary>
    public int Count => histories.Length;

    /// <summary>A user's remaining history, oldest first.</summary>
    /// <param name="index">0..<see cref="Count"/>-1.</param>
    public ReadOnlyMemory<int> History(int index) => histories[index];

    /// <summary>Takes the actions on some items out.</summary>
    /// <param name="whole">Everything.</param>
    /// <param name="cold">[V]: which items are cold.</param>
    /// <param name="mostCases">How many users are asked about at most: every n-th.</param>
    public static ColdItemCases Of(SequenceDataset whole, bool[] cold, int mostCases = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(whole);
        ArgumentNullException.ThrowIfNull(cold);
        var (offsets, items, times) = (new List<int> { 0 }, new List<int>(), new List<long>());
        var asked = new List<(int User, int[] Targets)>();
        for (var user = 0; user < whole.UserCount; user++)
        {
            var taken = new SortedSet<int>();
            var own = whole.Items(user);
            for (var i = 0; i < own.Length; i++)
            {
                if (cold[own[i]])
                {
                    taken.Add(own[i]);
                    continue;
                }

                items.Add(own[i]);
                if (whole.HasTimes)
                {
                    times.Add(whole.Times(user)[i]);
                }
            }

            if (taken.Count > 0 && items.Count > offsets[^1])
            {
                asked.Add((user, [.. taken]));
            }

            offsets.Add(items.Count);
        }

        var train = new SequenceDataset(whole.ItemCount, [.. offsets], [.. items], whole.HasTimes ? [.. times] : null) { AsksForSeenItems = whole.AsksForSeenItems };
        var step = Math.Max(1, (int)((asked.Count + (long)mostCases - 1) / mostCases));
        (int User, int[] Targets)[] kept = [.. asked.Where((_, i) => i % step == 0)];
        int[] coldItems = [.. Enumerable.Range(0, cold.Length).Where(item => cold[item])];
        return new ColdItemCases(
            train,
            coldItems,
            [.. kept.Select(one => train.ItemsMemory(one.User))],
            [.. kept.Select(one => Array.ConvertAll(one.Targets, item => Array.BinarySearch(coldItems, item)))]);
    }

    /// <summary>Draws a fifth of the items.</summary>
    /// <param name="itemCount">V.</param>
    /// <param name="seed">The same seed draws the same.</param>
    /// <returns>[V]: which were drawn.</returns>
    public static bool[] DrawFifth(int itemCount, ulong seed)
    {
        int[] order = [.. Enumerable.Range(0, itemCount)];
        CounterRandom.Shuffle(order, CounterRandom.Bits(seed, 0));
        var drawn = new bool[itemCount];
        foreach (var item in order.AsSpan(0, itemCount / 5))
        {
            drawn[item] = true;
        }

        return drawn;
    }

    /// <summary>NDCG@k of every case; ties count half.</summary>
    /// <param name="scorer">What gives the scores.</param>
    /// <param name="k">The cutoff, 1 or more.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    /// <returns>[cases].</returns>
    public double[] Ndcg(ISequenceScorer scorer, int k, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        var ndcg = new double[Count];
        var scores = new float[Batch * scorer.ItemCount];
        var (own, counter) = (new float[Items.Count], new RankCounter(Items.Count));
        for (var start = 0; start < Count; start += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(Batch, Count - start);
            scorer.Score(new ArraySegment<ReadOnlyMemory<int>>(histories, start, count), scores.AsMemory(0, count * scorer.ItemCount));
            for (var i = 0; i < count; i++)
            {
                for (var place = 0; place < own.Length; place++)
                {
                    own[place] = scores[(i * scorer.ItemCount) + Items[place]];
                }

                var ranks = new double[targets[start + i].Length];
                counter.Rank(own, [], targets[start + i], ranks);
                ndcg[start + i] = RankingMetrics.Ndcg(ranks, k);
            }
        }

        return ndcg;
    }
}
