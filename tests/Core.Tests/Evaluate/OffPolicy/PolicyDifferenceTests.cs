using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Explore;

namespace SasRec.Core.Tests.Evaluate.OffPolicy;

public class PolicyDifferenceTests
{
    static readonly LoggedSlate[] Two =
    [
        new() { Rewards = [1, 0], Logging = [0.5, 0.5], Target = [0.25, 0.5] }, // Weights 0.5 and 0.5.
        new() { Rewards = [0, 1], Logging = [0.5, 0.5], Target = [0.75, 1] }, // Weights 1.5 and 3.
    ];

    [Theory]
    [InlineData(double.PositiveInfinity, 0.375)] // (0 + 0.75) / 2, since each slot earned 0.5 on average.
    [InlineData(2, 0.125)] // The 3 counts as 2: (0 + 0.25) / 2.
    public void The_difference_is_the_mean_of_what_weights_add_to_rewards_above_the_slots_mean(double maxWeight, double expected)
    {
        var difference = PolicyDifference.Of(Two, ["ann", "bob"], new OffPolicyOptions { MaxWeight = maxWeight });

        Assert.Equal(expected, difference.Value, 12);
        Assert.Equal((1, 2, 2), (difference.Earned, difference.Slates, difference.Groups));
    }

    [Fact]
    public void By_position_every_slot_is_weighed_by_its_own_marginals()
    {
        // Marginal weights (2, 0.5) and (1, 4); each slot earned 0.5 on average: 1 x 0.5 - 0.5 x -0.5 and 0 x -0.5 + 3 x 0.5.
        LoggedSlate[] placed =
        [
            Two[0] with { LoggingMarginals = [0.25, 0.5], TargetMarginals = [0.5, 0.25] },
            Two[1] with { LoggingMarginals = [0.3, 0.2], TargetMarginals = [0.3, 0.8] },
        ];

        var difference = PolicyDifference.Of(placed, ["ann", "bob"], new OffPolicyOptions(), byPosition: true);

        Assert.Equal((0.5 + 0.25 + 0 + 1.5) / 2, difference.Value, 12);
    }

    [Fact]
    public void What_the_log_hardly_showed_is_taken_to_be_as_good_as_the_best_bets()
    {
        // Twenty slates of one slot: the two surest earned 1 of 2, all of them 2 of 20. Every weight is 0.75, so a quarter is missing.
        LoggedSlate[] slates =
        [
            .. Enumerable.Range(0, 20).Select(i => new LoggedSlate
            {
                Rewards = [i is 0 or 7 ? 1 : 0], Logging = [i < 2 ? 0.8 : 0.4], Target = [i < 2 ? 0.6 : 0.3],
            }),
        ];

        var difference = PolicyDifference.Of(slates, [.. Enumerable.Range(0, 20)], new OffPolicyOptions());

        Assert.Equal(0.25 * (0.5 - 0.1), difference.Unseen, 12);
        Assert.Equal(0, difference.Value, 12); // What is missing is otherwise taken to be as good as the rest.
    }

    [Fact]
    public void The_same_policy_again_differs_by_nothing_without_doubt()
    {
        LoggedSlate[] same = [.. Two.Select(slate => slate with { Target = slate.Logging })];

        var difference = PolicyDifference.Of(same, ["ann", "bob"], new OffPolicyOptions());

        Assert.Equal((0, 0, 0), (difference.Value, difference.Low, difference.High));
    }

    [Fact]
    public void A_model_of_the_rewards_stands_in_for_the_means_as_worked_out_by_hand()
    {
        // One slate of two slots, weights 0.5 and 1.5; b is what was earned, 1 and 0. The model expects 0.4 and 0.1 of the items, 0.3 and 0.2
        // of the target, 0.5 and 0.1 of the log: -0.5 x 0.6 + (0.3 - 1) - (0.5 - 1) + 0.5 x -0.1 + 0.5 x 0.2 - 0.1.
        LoggedSlate slate = new()
        {
            Rewards = [1, 0],
            Logging = [0.5, 0.25],
            Target = [0.25, 0.75],
            Modelled = [0.4, 0.1],
            ModelledUnderTarget = [0.3, 0.2],
            ModelledUnderLogging = [0.5, 0.1],
        };

        Assert.Equal(-0.3 - 0.2 - 0.05 + 0.1 - 0.1, PolicyDifference.Of([slate], ["ann"], new OffPolicyOptions()).Value, 12);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_model_of_the_rewards_biases_nothing_and_makes_the_interval_narrower(bool cascade)
    {
        var (logging, target) = (new ExplorationPolicy { Temperature = 1.5, Epsilon = 0.2 }, new ExplorationPolicy { Temperature = 1, Epsilon = 0.1 });
        var (plain, modelled) = (new SlateWorld(logging, target, cascade), new SlateWorld(logging, target, cascade, modelled: true));
        var truth = plain.Value - plain.LoggingValue;
        var (held, sum, width, plainWidth) = (0, 0.0, 0.0, 0.0);
        const int Logs = 300;
        for (var log = 0; log < Logs; log++)
        {
            var difference = Difference(modelled, log);
            var without = Difference(plain, log);
            held += difference.Low <= truth && truth <= difference.High ? 1 : 0;
            (sum, width, plainWidth) = (sum + difference.Value, width + difference.High - difference.Low, plainWidth + without.High - without.Low);
        }

        Assert.InRange(held / (double)Logs, 0.92, 0.98);
        Assert.Equal(truth, sum / Logs, 3 * width / Logs / 3.92 / Math.Sqrt(Logs));
        Assert.True(width < plainWidth, $"{width} for {plainWidth}");

        static PolicyDifference Difference(SlateWorld world, int log) =>
            PolicyDifference.Of(world.Log(1_000, (ulong)log), [.. Enumerable.Range(0, 1_000)], new OffPolicyOptions());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Over_500_logs_the_interval_holds_the_true_difference_as_often_as_it_says(bool cascade)
    {
        var world = new SlateWorld(
            new ExplorationPolicy { Temperature = 1.5, Epsilon = 0.2 }, new ExplorationPolicy { Temperature = 1, Epsilon = 0.1 }, cascade);
        var truth = world.Value - world.LoggingValue;
        var held = 0;
        for (var log = 0; log < 500; log++)
        {
            var slates = world.Log(2_000, (ulong)log);
            var difference = PolicyDifference.Of(slates, [.. Enumerable.Range(0, slates.Length)], new OffPolicyOptions());
            held += difference.Low <= truth && truth <= difference.High ? 1 : 0;
        }

        Assert.InRange(held / 500.0, 0.93, 0.97);
    }

    [Fact]
    public void Slates_of_one_user_count_together()
    {
        var world = new SlateWorld(new ExplorationPolicy { Temperature = 1.5 }, new ExplorationPolicy { Temperature = 1 }, cascade: true);
        var once = world.Log(500, 1);
        LoggedSlate[] often = [.. once, .. once, .. once, .. once];
        int[] users = [.. Enumerable.Range(0, 2_000).Select(i => i % 500)];

        var (alone, together) = (
            PolicyDifference.Of(once, users[..500], new OffPolicyOptions()), PolicyDifference.Of(often, users, new OffPolicyOptions()));

        Assert.Equal(alone.Value, together.Value, 9);
        Assert.Equal(alone.Low, together.Low, 9);
        Assert.Equal(alone.High, together.High, 9);
    }
}
