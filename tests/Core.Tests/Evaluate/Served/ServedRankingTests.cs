using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Evaluate.Served;
using SasRec.Core.Explore;
using SasRec.Core.Sequences;

namespace SasRec.Core.Tests.Evaluate.Served;

/// <summary>Users of whom a model knows much but not all, over a small catalogue.</summary>
public sealed class ServedRankingTests
{
    const int Items = 60;
    const int Users = 3_000;

    static readonly SequenceDataset Data = Histories();
    static readonly EvaluationCases Cases = LeaveOneOut.Of(Data).Test;

    [Fact]
    public void Greedy_slates_are_worth_what_the_ranking_says()
    {
        var report = RankingEvaluator.Evaluate(new Guesser(), Cases, new RankingOptions { SampledNegatives = 0 });
        var served = ServedRanking.Measure(new Guesser(), Cases, [ExplorationPolicy.Greedy])[0];
        Assert.Equal(report.Ndcg, served.Ndcg.Average(), 1e-9);
        Assert.Equal(report.HitRate, served.Hits.Average(), 1e-9);
        Assert.Equal((1.0, 1.0, 0.0), (served.KeptNdcg, served.KeptHr, served.Found));
    }

    [Fact]
    public void What_drawn_slates_are_worth_is_what_counting_draws_says()
    {
        var policy = new ExplorationPolicy { Temperature = 0.4, Epsilon = 0.1, GreedyShare = 0.5 };
        var served = ServedRanking.Measure(new Guesser(), Cases, [policy], k: 5)[0];
        var (hits, scores) = (0.0, new float[Items]);
        for (var i = 0; i < Cases.Count; i++)
        {
            var history = Cases.Histories.ItemsMemory(Cases.Users[i]);
            new Guesser().Score([history], scores);
            var slate = PlackettLuceSlate.Draw(scores, ItemSet.AllBut(Items, history.Span), 5, policy, (ulong)i + 99);
            hits += slate.Items.Any(item => item.Item == Cases.Targets(i)[0]) ? 1.0 / Cases.Count : 0;
        }

        Assert.Equal(hits, served.Hits.Average(), 4 * Math.Sqrt(hits * (1 - hits) / Cases.Count));
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.05)]
    [InlineData(0.2)]
    public void The_price_asked_for_is_not_exceeded_on_users_who_were_not_measured(double exploration)
    {
        var curve = ExplorationMeasure.Of(new Guesser(), Cases.Where(i => i % 2 == 0));
        var kept = ServedRanking.Measure(new Guesser(), Cases.Where(i => i % 2 == 1), [curve.Policy(exploration)], draws: 8)[0].KeptNdcg;
        Assert.InRange(kept, 1 - exploration - 0.003, 1 - 1e-6);
    }

    [Fact]
    public void A_model_that_answers_nothing_has_no_curve()
    {
        var nobody = Cases.Where(_ => false);
        Assert.Equal(ExplorationCurve.Unknown, ExplorationMeasure.Of(new Guesser(), nobody));
    }

    static SequenceDataset Histories()
    {
        var random = new RandomStream(8);
        var (offsets, items) = (new int[Users + 1], new int[3 * Users]);
        for (var user = 0; user < Users; user++)
        {
            offsets[user + 1] = 3 * (user + 1);
            var first = random.NextIndex(Items);
            (items[3 * user], items[(3 * user) + 1]) = (first, (first + 1 + random.NextIndex(Items - 1)) % Items);
            do
            {
                items[(3 * user) + 2] = (items[3 * user] + (int)(random.NextDouble() * random.NextDouble() * Items)) % Items;
            }
            while (items[(3 * user) + 2] == items[3 * user] || items[(3 * user) + 2] == items[(3 * user) + 1]);
        }

        return new SequenceDataset(Items, offsets, items);
    }

    /// <summary>Scores what comes soon after a history's first item highest.</summary>
    sealed class Guesser : ISequenceScorer
    {
        public int ItemCount => Items;

        public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
        {
            for (var i = 0; i < histories.Count; i++)
            {
                for (var item = 0; item < Items; item++)
                {
                    scores.Span[(i * Items) + item] = -0.1f * ((item - histories[i].Span[0] + Items) % Items);
                }
            }
        }
    }
}
