using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Sequences;

namespace SasRec.Core.Tests.Evaluate.Gate;

public class PromotionGateTests
{
    const int Users = 400;

    [Fact]
    public void A_better_model_passes_and_every_figure_is_told()
    {
        var decision = PromotionGate.Decide(Against(Model(0.5, 1), Model(0.2, 2)));

        Assert.True(decision.Passed, string.Join(' ', decision.Reasons));
        Assert.True(decision.IsAnchor);
        Assert.Null(decision.Regression);
        Assert.Contains("is no worse than v1", decision.Reasons[^1], StringComparison.Ordinal);
        foreach (var figure in new[] { "challenger", "users", "popularity", "popularity.low", "champion", "champion.difference", "champion.low", "champion.high", "champion.tolerance" })
        {
            Assert.True(decision.Figures.ContainsKey(figure), figure);
        }

        Assert.Equal(decision.Figures["challenger"] - decision.Figures["popularity"], decision.Figures["popularity.difference"], 12);
        Assert.Equal(0.02 * decision.Figures["champion"], decision.Figures["champion.tolerance"], 12);
    }

    [Fact]
    public void A_first_model_that_does_not_beat_popularity_is_refused()
    {
        var decision = PromotionGate.Decide(First(Model(0.02, 1)));

        Assert.False(decision.Passed);
        Assert.Contains(decision.Reasons, reason => reason.Contains("does not surely beat popularity", StringComparison.Ordinal));
    }

    [Fact]
    public void A_first_model_that_beats_popularity_passes_and_is_the_anchor()
    {
        var decision = PromotionGate.Decide(First(Model(0.3, 1)));

        Assert.True(decision.Passed, string.Join(' ', decision.Reasons));
        Assert.True(decision.IsAnchor);
        Assert.Equal("No model serves yet.", decision.Reasons[^1]);
    }

    [Theory]
    [InlineData(0.5, 0.5, true)] // Level with its own part.
    [InlineData(0.5, 0.3, true)]
    [InlineData(0.3, 0.6, false)]
    public void The_counts_of_item_pairs_must_not_be_surely_better(double challenger, double counts, bool passes)
    {
        var first = First(Model(challenger, 1));
        var evidence = first with { Baselines = new Dictionary<string, double[]>(first.Baselines) { [MetricNames.Neighbours] = Model(counts, 3) } };

        var decision = PromotionGate.Decide(evidence);

        Assert.Equal(passes, decision.Passed);
        Assert.Contains(decision.Reasons, reason => reason.Contains(MetricNames.Neighbours, StringComparison.Ordinal));
    }

    [Fact]
    public void A_model_worse_than_the_champion_is_refused_though_it_beats_popularity()
    {
        var decision = PromotionGate.Decide(Against(Model(0.3, 1), Model(0.6, 2)));

        Assert.False(decision.Passed);
        Assert.Contains("may be worse than v1", decision.Reasons[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_model_again_is_no_worse_and_does_not_take_the_anchor_s_place()
    {
        var decision = PromotionGate.Decide(Against(Model(0.5, 1), Model(0.5, 1)));

        Assert.True(decision.Passed);
        Assert.False(decision.IsAnchor);
    }

    [Theory]
    [InlineData(-0.019, true)]
    [InlineData(-0.021, false)]
    public void The_tolerance_is_a_share_of_the_champion_s_metric(double difference, bool passes)
    {
        // Every user's value moves by the same share, so there is no chance in it.
        var champion = Model(0.5, 1);

        Assert.Equal(passes, PromotionGate.Decide(Against([.. champion.Select(value => (1 + difference) * value)], champion)).Passed);
    }

    [Fact]
    public void With_99_fresh_users_the_champion_stays_whatever_they_say()
    {
        foreach (var challenger in new[] { 0.1, 0.9 })
        {
            var decision = PromotionGate.Decide(Against(Model(challenger, 1)[..99], Model(0.5, 2)[..99]));

            Assert.False(decision.Passed);
            Assert.Equal(["Too little evidence: 99 users acted since v1 was trained, 100 are needed. v1 stays."], decision.Reasons);
            Assert.Equal(99, decision.Figures["users"]);
        }

        Assert.True(PromotionGate.Decide(Against(Model(0.9, 1)[..100], Model(0.3, 2)[..100])).Passed);
    }

    [Fact]
    public void A_model_within_tolerance_of_the_champion_but_not_of_the_anchor_is_refused()
    {
        var anchor = Model(0.5, 1);
        double[] champion = [.. anchor.Select(value => 0.985 * value)];
        double[] challenger = [.. anchor.Select(value => 0.97 * value)];

        var decision = PromotionGate.Decide(Against(challenger, champion) with { Anchor = new Incumbent("v0", anchor) });

        Assert.True(PromotionGate.Decide(Against(challenger, champion)).Passed);
        Assert.False(decision.Passed);
        Assert.Contains("may be worse than the anchor v0", decision.Reasons[^1], StringComparison.Ordinal);
        Assert.Equal(-0.03 * anchor.Average(), decision.Figures["anchor.difference"], 12);
    }

    [Fact]
    public void Only_a_model_that_is_surely_better_than_the_anchor_takes_its_place()
    {
        var evidence = Against(Model(0.5, 1), Model(0.2, 2));

        Assert.False(PromotionGate.Decide(evidence with { Anchor = new Incumbent("v0", Model(0.5, 1)) }).IsAnchor);
        Assert.True(PromotionGate.Decide(evidence with { Anchor = new Incumbent("v0", Model(0.3, 3)) }).IsAnchor);
        Assert.False(PromotionGate.Decide(evidence with { Recipe = new RecipeEvidence("v1", Model(0.2, 4), Model(0.5, 5)) }).IsAnchor);
    }

    [Fact]
    public void A_recipe_that_got_worse_raises_an_alarm_and_refuses_nothing()
    {
        var decision = PromotionGate.Decide(Against(Model(0.5, 1), Model(0.2, 2)) with { Recipe = new RecipeEvidence("v1", Model(0.3, 4), Model(0.5, 5)) });

        Assert.True(decision.Passed);
        Assert.StartsWith("The recipe has got worse, whatever newer data adds: on 400 users who did nothing since v1 was trained", decision.Regression, StringComparison.Ordinal);
        Assert.Contains(decision.Regression!, decision.Reasons);
        Assert.True(decision.Figures["recipe.high"] < -0.02 * decision.Figures["recipe"]);
    }

    [Fact]
    public void A_recipe_that_is_as_good_raises_none()
    {
        Assert.Null(PromotionGate.Decide(Against(Model(0.5, 1), Model(0.2, 2)) with { Recipe = new RecipeEvidence("v1", Model(0.5, 4), Model(0.5, 5)) }).Regression);
    }

    [Theory]
    [InlineData(-0.05, -0.03, false)] // The whole interval lies below -2% of what the champion earned, 1 a slate.
    [InlineData(-0.05, -0.019, true)]
    [InlineData(-0.05, 0.01, true)]
    [InlineData(0.01, 0.05, true)]
    public void What_was_shown_refuses_a_challenger_only_where_it_is_surely_worse(double low, double high, bool passes)
    {
        var decision = PromotionGate.Decide(Against(Model(0.5, 1), Model(0.2, 2)) with { Shown = Shown(low, high, null) });

        Assert.Equal(passes, decision.Passed);
        Assert.Contains(passes ? "is not surely worse" : "is surely worse", decision.Reasons[^1], StringComparison.Ordinal);
        Assert.Equal((low, high, 0.02), (
            decision.Figures["shown.difference.low"], decision.Figures["shown.difference.high"], decision.Figures["shown.tolerance"]));
        Assert.Equal(0.7, decision.Figures["shown.cascade-dr"]);
    }

    [Fact]
    public void What_the_log_cannot_see_speaks_for_the_challenger()
    {
        var evidence = Against(Model(0.5, 1), Model(0.2, 2));

        Assert.True(PromotionGate.Decide(evidence with { Shown = Shown(-0.05, -0.03, null, unseen: 0.02) }).Passed);
        Assert.False(PromotionGate.Decide(evidence with { Shown = Shown(-0.05, -0.03, null, unseen: 0.005) }).Passed);
    }

    [Fact]
    public void Without_support_what_was_shown_decides_nothing_and_the_verdict_says_so()
    {
        var decision = PromotionGate.Decide(First(Model(0.5, 1)) with { Shown = Shown(-0.5, -0.3, "not enough support: why") });

        Assert.True(decision.Passed);
        Assert.Equal("The slates shown do not decide, not enough support: why.", decision.Reasons[^1]);
        Assert.Equal(-0.3, decision.Figures["shown.difference.high"]);
    }

    [Fact]
    public void What_was_shown_does_not_let_a_challenger_through_that_ranks_worse()
    {
        Assert.False(PromotionGate.Decide(Against(Model(0.3, 1), Model(0.6, 2)) with { Shown = Shown(0.1, 0.2, null) }).Passed);
    }

    [Fact]
    public void Without_anybody_to_ask_about_nothing_goes_live()
    {
        Assert.False(PromotionGate.Decide(new GateEvidence("nobody", [], new Dictionary<string, double[]>())).Passed);
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new GateOptions { Tolerance = 2 }.Validated());

        Assert.Contains("Tolerance must be 0 to 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_older_model_ranks_what_it_does_not_know_last_and_answers_strangers_by_popularity()
    {
        var own = new ModelItems(new ItemVocabulary(["b", "a"]), [5, 7], [0, 0]);
        var scorer = new RemappedScorer(new LastItemBest(2), own, new ItemVocabulary(["a", "b", "new"]));
        var scores = new float[9];

        // Histories: a then new; only new; new then b.
        scorer.Score([new[] { 0, 2 }, new[] { 2 }, new[] { 2, 1 }], scores);

        Assert.Equal([1, 0, float.NegativeInfinity], scores[..3]);
        Assert.Equal([7, 5, float.NegativeInfinity], scores[3..6]);
        Assert.Equal([0, 1, float.NegativeInfinity], scores[6..]);
    }

    static GateEvidence First(double[] challenger) =>
        new("400 users", challenger, new Dictionary<string, double[]> { [MetricNames.Popularity] = Model(0.05, 9)[..challenger.Length] });

    static GateEvidence Against(double[] challenger, double[] champion) => First(challenger) with { Champion = new Incumbent("v1", champion) };

    /// <summary>[users]: NDCG of a model that answers a share of the users, at some rank of the first ten.</summary>
    static double[] Model(double skill, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Users).Select(_ => random.NextDouble() < skill ? 1 / Math.Log2(random.Next(2, 12)) : 0)];
    }

    sealed class LastItemBest(int itemCount) : ISequenceScorer
    {
        public int ItemCount => itemCount;

        public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
        {
            for (var i = 0; i < histories.Count; i++)
            {
                scores.Span[(i * itemCount) + histories[i].Span[^1]] = 1;
            }
        }
    }

    static OffPolicyEvidence Shown(double low, double high, string? support, double unseen = 0) => new(
        new PolicyDifference((low + high) / 2, low, high, unseen, Earned: 1, Slates: 1_000, Groups: 100),
        [new OffPolicyEstimate("cascade-dr", 0.7, 0.6, 0.8, 900, 1, 0, 1_000, support)],
        1_000,
        0,
        1,
        support);
}
