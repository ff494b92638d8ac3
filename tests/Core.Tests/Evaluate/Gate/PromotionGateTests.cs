using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Sequences;

namespace SasRec.Core.Tests.Evaluate.Gate;

public class PromotionGateTests
{
    // 400 users over 60 items; leave-one-out asks for the last of three.
    static readonly SequenceDataset Whole = Random(seed: 1);
    static readonly EvaluationCases Cases = LeaveOneOut.Of(Whole).Test;

    [Fact]
    public void A_better_model_passes_and_every_figure_is_told()
    {
        var decision = PromotionGate.Decide(Oracle(0.5, 1), Baselines(), new ChampionComparison("v1", Oracle(0.5, 1), Oracle(0.2, 2)));

        Assert.True(decision.Passed, string.Join(' ', decision.Reasons));
        Assert.Contains("is no worse than v1", decision.Reasons[^1], StringComparison.Ordinal);
        foreach (var figure in new[] { "challenger", "users", "popularity", "popularity.low", "champion", "champion.difference", "champion.low", "champion.high" })
        {
            Assert.True(decision.Figures.ContainsKey(figure), figure);
        }

        Assert.Equal(decision.Figures["challenger"] - decision.Figures["popularity"], decision.Figures["popularity.difference"], 12);
    }

    [Fact]
    public void A_model_that_does_not_beat_popularity_is_refused()
    {
        var decision = PromotionGate.Decide(Oracle(0, 1), Baselines(), null);

        Assert.False(decision.Passed);
        Assert.Contains("does not surely beat popularity", decision.Reasons[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, 0.5, true)] // Level with its own part.
    [InlineData(0.5, 0.3, true)]
    [InlineData(0.3, 0.6, false)]
    public void The_counts_of_item_pairs_must_not_be_surely_better(double challenger, double counts, bool passes)
    {
        var baselines = new Dictionary<string, RankingReport>(Baselines()) { [MetricNames.Neighbours] = Oracle(counts, 3) };

        var decision = PromotionGate.Decide(Oracle(challenger, 1), baselines, null);

        Assert.Equal(passes, decision.Passed);
        Assert.Contains(decision.Reasons, reason => reason.Contains(MetricNames.Neighbours, StringComparison.Ordinal));
    }

    [Fact]
    public void A_model_worse_than_the_champion_is_refused_though_it_beats_popularity()
    {
        var decision = PromotionGate.Decide(Oracle(0.3, 1), Baselines(), new ChampionComparison("v1", Oracle(0.3, 1), Oracle(0.6, 2)));

        Assert.False(decision.Passed);
        Assert.Contains("may be worse than v1", decision.Reasons[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_model_again_is_no_worse()
    {
        Assert.True(PromotionGate.Decide(Oracle(0.5, 1), Baselines(), new ChampionComparison("v1", Oracle(0.5, 1), Oracle(0.5, 1))).Passed);
    }

    [Theory]
    [InlineData(-0.05, -0.03, false)] // The whole interval lies below -2% of what the champion earned, 1 a slate.
    [InlineData(-0.05, -0.019, true)]
    [InlineData(-0.05, 0.01, true)]
    [InlineData(0.01, 0.05, true)]
    public void What_was_shown_refuses_a_challenger_only_where_it_is_surely_worse(double low, double high, bool passes)
    {
        var decision = PromotionGate.Decide(
            Oracle(0.5, 1), Baselines(), new ChampionComparison("v1", Oracle(0.5, 1), Oracle(0.2, 2)), null, Shown(low, high, null));

        Assert.Equal(passes, decision.Passed);
        Assert.Contains(passes ? "is not surely worse" : "is surely worse", decision.Reasons[^1], StringComparison.Ordinal);
        Assert.Equal((low, high, 0.02), (
            decision.Figures["shown.difference.low"], decision.Figures["shown.difference.high"], decision.Figures["shown.tolerance"]));
        Assert.Equal(0.7, decision.Figures["shown.cascade-dr"]);
    }

    [Fact]
    public void What_the_log_cannot_see_speaks_for_the_challenger()
    {
        var champion = new ChampionComparison("v1", Oracle(0.5, 1), Oracle(0.2, 2));

        Assert.True(PromotionGate.Decide(Oracle(0.5, 1), Baselines(), champion, null, Shown(-0.05, -0.03, null, unseen: 0.02)).Passed);
        Assert.False(PromotionGate.Decide(Oracle(0.5, 1), Baselines(), champion, null, Shown(-0.05, -0.03, null, unseen: 0.005)).Passed);
    }

    [Fact]
    public void Without_support_what_was_shown_decides_nothing_and_the_verdict_says_so()
    {
        var decision = PromotionGate.Decide(Oracle(0.5, 1), Baselines(), null, null, Shown(-0.5, -0.3, "not enough support: why"));

        Assert.True(decision.Passed);
        Assert.Equal("The slates shown do not decide, not enough support: why.", decision.Reasons[^1]);
        Assert.Equal(-0.3, decision.Figures["shown.difference.high"]);
    }

    [Fact]
    public void What_was_shown_does_not_let_a_challenger_through_that_ranks_worse()
    {
        var worse = new ChampionComparison("v1", Oracle(0.3, 1), Oracle(0.6, 2));

        Assert.False(PromotionGate.Decide(Oracle(0.3, 1), Baselines(), worse, null, Shown(0.1, 0.2, null)).Passed);
    }

    [Fact]
    public void Where_few_acted_since_the_champion_was_trained_the_verdict_says_so()
    {
        var few = Cases.Where(i => i < 20);
        var comparison = new ChampionComparison("v1", Evaluate(new Oracles(0, 1), few), Evaluate(new Oracles(1, 1), few));

        var decision = PromotionGate.Decide(Oracle(0.5, 1), Baselines(), comparison);

        Assert.True(decision.Passed);
        Assert.Contains("Not enough evidence to compare with v1: 20 users acted", decision.Reasons[^1], StringComparison.Ordinal);
        Assert.Equal(20, decision.Figures["champion.users"]);
    }

    [Fact]
    public void Without_anybody_to_ask_about_nothing_goes_live()
    {
        var nobody = Evaluate(new Oracles(1, 1), Cases.Where(_ => false));

        Assert.False(PromotionGate.Decide(nobody, new Dictionary<string, RankingReport>(), null).Passed);
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
        var own = new ItemCatalogue(new ItemVocabulary(["b", "a"]), [5, 7], [0, 0]);
        var scorer = new RemappedScorer(new LastItemBest(2), own, new ItemVocabulary(["a", "b", "new"]));
        var scores = new float[9];

        // Histories: a then new; only new; new then b.
        scorer.Score([new[] { 0, 2 }, new[] { 2 }, new[] { 2, 1 }], scores);

        Assert.Equal([1, 0, float.NegativeInfinity], scores[..3]);
        Assert.Equal([7, 5, float.NegativeInfinity], scores[3..6]);
        Assert.Equal([0, 1, float.NegativeInfinity], scores[6..]);
    }

    static Dictionary<string, RankingReport> Baselines() => new() { ["popularity"] = Evaluate(PopularityScorer.AllTime(LeaveOneOut.Of(Whole).Train), Cases) };

    static RankingReport Oracle(double skill, int seed) => Evaluate(new Oracles(skill, seed), Cases);

    static RankingReport Evaluate(ISequenceScorer scorer, EvaluationCases cases) => RankingEvaluator.Evaluate(scorer, cases);

    static SequenceDataset Random(int seed)
    {
        var random = new Random(seed);
        var items = new int[1_200];
        for (var user = 0; user < 400; user++)
        {
            // The last item follows from the first two.
            (items[3 * user], items[(3 * user) + 1]) = (random.Next(60), random.Next(60));
            items[(3 * user) + 2] = Next(items[3 * user], items[(3 * user) + 1]);
        }

        return new SequenceDataset(60, [.. Enumerable.Range(0, 401).Select(u => u * 3)], items);
    }

    static int Next(int first, int second) => ((first * 7) + (second * 13) + 5) % 60;

    /// <summary>Knows the answer for a share of the histories and guesses for the rest.</summary>
    sealed class Oracles(double skill, int seed) : ISequenceScorer
    {
        public int ItemCount => 60;

        public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
        {
            for (var i = 0; i < histories.Count; i++)
            {
                var (first, second) = (histories[i].Span[0], histories[i].Span[1]);
                var random = new Random(HashCodeOf(first, second) + seed);
                var row = scores.Span.Slice(i * 60, 60);
                foreach (ref var score in row)
                {
                    score = random.NextSingle();
                }

                row[Next(first, second)] += random.NextDouble() < skill ? 1 : 0;
            }
        }

        static int HashCodeOf(int a, int b) => (a * 1_000_003) + (b * 31);
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
