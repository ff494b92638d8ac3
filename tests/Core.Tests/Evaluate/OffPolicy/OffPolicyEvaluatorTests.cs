using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Explore;

namespace SasRec.Core.Tests.Evaluate.OffPolicy;

public sealed class OffPolicyEvaluatorTests
{
    static readonly ExplorationPolicy Exploring = new() { Temperature = 1, Epsilon = 0.2 };
    static readonly ExplorationPolicy Sharper = new() { Temperature = 0.7, Epsilon = 0.1 };

    // Two slates of two slots. Slot weights: (0.4/0.5, 0.3/0.6) = (0.8, 0.5) and (0.6/0.3, 0.5/0.5) = (2, 1).
    static readonly LoggedSlate[] ByHand =
    [
        new()
        {
            Rewards = [1, 1], Logging = [0.5, 0.6], Target = [0.4, 0.3], LoggingMarginals = [0.5, 0.4], TargetMarginals = [0.4, 0.1],
            Predicted = [0.5, 0.2], PredictedUnderTarget = [0.6, 0.3], PseudoInverseWeight = 0.25,
        },
        new()
        {
            Rewards = [0, 1], Logging = [0.3, 0.5], Target = [0.6, 0.5], LoggingMarginals = [0.3, 0.2], TargetMarginals = [0.6, 0.3],
            Predicted = [0.4, 0.1], PredictedUnderTarget = [0.5, 0.2], PseudoInverseWeight = 2,
        },
    ];

    [Fact]
    public void Estimates_of_two_slates_are_those_worked_out_by_hand()
    {
        var evaluator = new OffPolicyEvaluator(ByHand, new OffPolicyOptions());

        // Slate weights 0.4 and 2, rewards 2 and 1.
        Assert.Equal(((0.4 * 2) + 2) / 2, evaluator.Ips().Value, 1e-12);
        Assert.Equal(((0.4 * 2) + 2) / 2.4, evaluator.Snips().Value, 1e-12);
        Assert.Equal(2.4 * 2.4 / (0.16 + 4), evaluator.Ips().EffectiveSampleSize, 1e-12);

        // Marginal weights (0.8, 0.25) and (2, 1.5).
        Assert.Equal((0.8 + 0.25 + 1.5) / 2, evaluator.ItemPosition().Value, 1e-12);

        // Cumulative weights (0.8, 0.4) and (2, 2).
        Assert.Equal((0.8 + 0.4 + 2) / 2, evaluator.RewardInteraction().Value, 1e-12);
        var first = 0.6 + (0.8 * (1 + 0.3 - 0.5)) + (0.4 * (1 - 0.2));
        var second = 0.5 + (2 * (0 + 0.2 - 0.4)) + (2 * (1 - 0.1));
        Assert.Equal((first + second) / 2, evaluator.CascadeDoublyRobust().Value, 1e-12);
        Assert.Equal(((0.25 * 2) + 2) / 2, evaluator.PseudoInverseSlate().Value, 1e-12);
    }

    [Fact]
    public void Clipping_cuts_weights_and_says_how_many()
    {
        var estimate = new OffPolicyEvaluator(ByHand, new OffPolicyOptions { MaxWeight = 1.5 }).Ips();
        Assert.Equal(((0.4 * 2) + 1.5) / 2, estimate.Value, 1e-12);
        Assert.Equal(0.5, estimate.ClippedShare);
    }

    [Theory]
    [InlineData("ips", true)]
    [InlineData("snips", true)]
    [InlineData("reward-interaction", true)]
    [InlineData("cascade-dr", true)]
    [InlineData("item-position", false)]
    [InlineData("pseudo-inverse", false)]
    [InlineData("cascade-dr", false)]
    public void Over_500_logs_the_interval_covers_the_true_value_as_often_as_it_says(string estimator, bool cascade)
    {
        var world = new SlateWorld(Exploring, Sharper, cascade);
        var covered = 0;
        for (ulong seed = 0; seed < 500; seed++)
        {
            var estimate = Run(estimator, new OffPolicyEvaluator(world.Log(4_000, seed), new OffPolicyOptions()));
            Assert.True(estimate.Supported, estimate.NotEnoughSupport);
            covered += world.Value >= estimate.Low && world.Value <= estimate.High ? 1 : 0;
        }

        Assert.InRange(covered, 0.93 * 500, 0.97 * 500);
    }

    [Fact]
    public void Assumptions_that_hold_make_intervals_narrower()
    {
        var log = new SlateWorld(Exploring, Sharper, cascade: false).Log(5_000, seed: 1);
        var evaluator = new OffPolicyEvaluator(log, new OffPolicyOptions());
        double Width(string estimator) => Run(estimator, evaluator) is var e ? e.High - e.Low : 0;
        Assert.True(Width("reward-interaction") < Width("ips"));
        Assert.True(Width("item-position") < Width("reward-interaction"));
        Assert.True(Width("cascade-dr") < Width("reward-interaction"));
    }

    [Fact]
    public void An_assumption_that_does_not_hold_is_a_bias_that_the_interval_does_not_hide()
    {
        var world = new SlateWorld(Exploring, Sharper, cascade: true);
        var estimate = new OffPolicyEvaluator(world.Log(200_000, seed: 3), new OffPolicyOptions()).ItemPosition();
        Assert.False(world.Value >= estimate.Low && world.Value <= estimate.High);
    }

    [Fact]
    public void A_greedy_log_has_no_support_for_another_policy()
    {
        var world = new SlateWorld(ExplorationPolicy.Greedy with { Epsilon = 1e-6 }, Sharper, cascade: true);
        foreach (var estimator in new[] { "ips", "snips", "reward-interaction", "cascade-dr" })
        {
            var estimate = Run(estimator, new OffPolicyEvaluator(world.Log(2_000, seed: 5), new OffPolicyOptions()));
            Assert.False(estimate.Supported);
            Assert.StartsWith("not enough support", estimate.NotEnoughSupport, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Propensities_that_were_logged_wrongly_show_in_the_mean_weight()
    {
        var log = new SlateWorld(Exploring, Sharper, cascade: true).Log(20_000, seed: 6)
            .Select(slate => slate with { Logging = [.. slate.Logging.Select(p => p * 0.9)] });
        Assert.Contains("logged propensities", new OffPolicyEvaluator([.. log], new OffPolicyOptions()).Ips().NotEnoughSupport!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_propensity_of_zero_and_lengths_that_differ_are_refused_by_name()
    {
        var zero = Assert.Throws<ArgumentException>(() =>
            new OffPolicyEvaluator([ByHand[0] with { Logging = [0.5, 0] }], new OffPolicyOptions()));
        Assert.Contains("Logging of slate 0, slot 2 is 0", zero.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new OffPolicyEvaluator([ByHand[0] with { Target = [0.5] }], new OffPolicyOptions()));
    }

    [Fact]
    public void A_pseudo_inverse_needs_a_log_that_shows_every_item_where_the_policy_does() =>
        Assert.Null(PseudoInverse.Weights([[0, 1], [1, 0], [0, 2]], [0.5, 0.5, 0], [0.2, 0.2, 0.6]));

    static OffPolicyEstimate Run(string estimator, OffPolicyEvaluator evaluator) => estimator switch
    {
        "ips" => evaluator.Ips(),
        "snips" => evaluator.Snips(),
        "item-position" => evaluator.ItemPosition(),
        "reward-interaction" => evaluator.RewardInteraction(),
        "cascade-dr" => evaluator.CascadeDoublyRobust(),
        _ => evaluator.PseudoInverseSlate(),
    };
}
