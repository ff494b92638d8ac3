using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Trainer.Train;
using SasRec.Trainer.Train.Cpu;

namespace SasRec.Trainer.Tests.Train.Cpu;

public class BatchPlanTests
{
    const int Steps = 2_000;

    // Ten actions, two actions, and one more than the network sees.
    static readonly int[][] Histories = [[.. Enumerable.Range(0, 10)], [3, 7], [.. Enumerable.Range(0, 14)]];

    static readonly SequenceDataset Data = new(14, [0, 10, 12, 26], [.. Histories.SelectMany(history => history)]);

    [Fact]
    public void Without_item_dropout_a_step_trains_on_whole_windows() => Assert.Equal(
        [Histories[0], Histories[1], Histories[2][1..]], Planned(itemDropout: 0, step: 1).OrderBy(one => one.Key).Select(one => one.Value));

    [Fact]
    public void Item_dropout_leaves_out_its_share_of_the_actions_keeps_their_order_and_never_fewer_than_two()
    {
        var (actions, kept) = (0, 0);
        for (var step = 1; step <= Steps; step++)
        {
            foreach (var (user, items) in Planned(itemDropout: 0.3, step))
            {
                Assert.True(items.Length >= 2);
                Assert.Equal(items, Histories[user].Where(items.Contains));
                if (user == 2)
                {
                    (actions, kept) = (actions + 13, kept + items.Length);
                }
            }
        }

        // 26,000 draws: the share is known to within .003.
        Assert.InRange(kept / (double)actions, 0.69, 0.71);
    }

    [Fact]
    public void Item_dropout_is_drawn_anew_in_every_step_and_follows_from_the_seed()
    {
        string[] drawn = [.. Enumerable.Range(1, 50).Select(step => string.Join(' ', Planned(0.3, step)[0]))];

        Assert.True(drawn.Distinct().Count() > 25);
        Assert.Equal(drawn, Enumerable.Range(1, 50).Select(step => string.Join(' ', Planned(0.3, step)[0])));
    }

    [Fact]
    public void Targets_keep_the_weights_of_their_actions()
    {
        var weighted = Data.WithWeights([.. Enumerable.Range(0, Data.InteractionCount).Select(i => (float)i)]);
        var plan = PlanOf(weighted, itemDropout: 0.3, step: 4);
        foreach (var sequence in plan.Sequences)
        {
            for (var t = sequence.First; t < sequence.First + sequence.Length; t++)
            {
                var place = Array.IndexOf(Histories[sequence.User], plan.Items[plan.Targets[t]]);
                Assert.Equal(weighted.Weights(sequence.User)[place], plan.Weights![t]);
            }
        }
    }

    /// <summary>The actions that a step trains on, by user.</summary>
    static Dictionary<int, int[]> Planned(double itemDropout, int step)
    {
        var plan = PlanOf(Data, itemDropout, step);
        return plan.Sequences.ToDictionary(
            sequence => sequence.User,
            sequence => Enumerable.Range(sequence.First, sequence.Length).Select(t => plan.Targets[t])
                .Prepend(plan.Inputs[sequence.First]).Select(slot => plan.Items[slot]).ToArray());
    }

    static BatchPlan PlanOf(SequenceDataset data, double itemDropout, int step)
    {
        var options = new TrainingOptions { Negatives = 3, ItemDropout = itemDropout, PopularityPower = 0 };
        var plan = new BatchPlan(data, options, new NegativeSampler(data, options), maxLength: 12, shards: 2);
        plan.Build([0, 1, 2], CounterRandom.Bits(options.Seed, (ulong)step));
        return plan;
    }
}
