using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Sequences;

namespace SasRec.Core.Tests.Evaluate.Ranking;

public class RankingEvaluatorTests
{
    // Two users over six items; leave-one-out asks for item 2 after (0, 1) and for item 5 after (3, 4).
    static readonly SequenceDataset Whole = new(6, [0, 3, 6], [0, 1, 2, 3, 4, 5]);

    [Fact]
    public void Metrics_are_those_worked_out_by_hand()
    {
        // User 0: item 2 is second of {2, 3, 4, 5}. User 1: item 5 is fourth of {0, 1, 2, 5}.
        var scorer = new FixedScorer(new()
        {
            [0] = [9, 9, 0.5f, 0.7f, 0.1f, 0.2f],
            [3] = [0.5f, 0.6f, 0.7f, 9, 9, 0.1f],
        });

        var report = RankingEvaluator.Evaluate(scorer, LeaveOneOut.Of(Whole).Test, new RankingOptions { Cutoffs = [3, 1] });

        Assert.Equal(2, report.Cases);
        Assert.Equal(0.5, report.HitRate);
        Assert.Equal(0.5 * 0.63092975357145743, report.Ndcg, 12); // 1 / log2(3)
        Assert.Equal((0.5 + 0.25) / 2, report.Metrics["mrr"], 12);
        Assert.Equal(0, report.Metrics["hr@1"]);
        Assert.Equal(0.63092975357145743, report.NdcgByCase[0], 12);
        Assert.Equal(0, report.NdcgByCase[1]);
        Assert.Equal([1.0, 0.0], report.HitsByCase);

        // The best three of user 0 are 3, 2, 5; of user 1 are 2, 1, 0: five of six items.
        Assert.Equal(5.0 / 6, report.Metrics["coverage@3"], 12);
        Assert.Equal(2.0 / 6, report.Metrics["coverage@1"], 12);
    }

    [Fact]
    public void Cases_count_by_the_weight_of_their_target_where_the_data_has_weights()
    {
        var scorer = new FixedScorer(new() { [0] = [9, 9, 0.5f, 0.7f, 0.1f, 0.2f], [3] = [0.5f, 0.6f, 0.7f, 9, 9, 0.1f] });
        var options = new RankingOptions { Cutoffs = [3] };
        var plain = LeaveOneOut.Of(Whole).Test;
        var weighed = LeaveOneOut.Of(Whole.WithWeights([1, 1, 3, 1, 1, 0.5f])).Test;
        var report = RankingEvaluator.Evaluate(scorer, weighed, options);

        // The first case has the hit, and counts 3 / 1.75.
        Assert.Equal(0.63092975357145743 / 2, report.Ndcg, 12);
        Assert.Equal(0.63092975357145743 / 2 * 3 / 1.75, report.ImportanceWeighted(weighed).Ndcg, 12);
        Assert.Equal([3 / 1.75, 0], report.ImportanceWeighted(weighed).HitsByCase);
        Assert.Same(report, report.ImportanceWeighted(plain));
    }

    [Fact]
    public void Several_targets_share_an_ideal_ranking()
    {
        // Ranks 1, 3 and 7 with k = 5: gain 1 + 1/2; ideal 1 + 1/log2(3) + 1/2.
        Assert.Equal(1.5 / 2.1309297535714573, RankingMetrics.Ndcg([3, 1, 7], 5), 12);
        Assert.Equal(1, RankingMetrics.HitRate([3, 1, 7], 1));
        Assert.Equal(1.0 / 3, RankingMetrics.ReciprocalRank([7, 3]), 12);

        // With k = 1 the ideal has one place.
        Assert.Equal(1, RankingMetrics.Ndcg([1, 2], 1), 12);
        Assert.Equal(0, RankingMetrics.Ndcg([1.5], 1));
    }

    [Fact]
    public void A_scorer_that_tells_nothing_apart_gains_nothing()
    {
        var many = new SequenceDataset(100, [0, 3], [1, 2, 3]);

        var report = RankingEvaluator.Evaluate(new PopularityScorer(new int[100]), LeaveOneOut.Of(many).Test);

        Assert.Equal(0, report.HitRate);
        Assert.Equal(1 / 49.5, report.Metrics["mrr"], 12); // 98 eligible items: rank (98 + 1) / 2
    }

    [Fact]
    public void A_broken_scorer_is_last()
    {
        var scorer = new FixedScorer(new() { [0] = [.. Enumerable.Repeat(float.NaN, 6)], [3] = [.. Enumerable.Repeat(float.NaN, 6)] });

        var report = RankingEvaluator.Evaluate(scorer, LeaveOneOut.Of(Whole).Test, new RankingOptions { Cutoffs = [3], SampledNegatives = 2 });

        Assert.Equal(0, report.HitRate);
        Assert.Equal(0.25, report.Metrics["mrr"], 12);
        Assert.Equal(0.5, report.Metrics["sampled2:ndcg@3"], 12); // third of three
        Assert.Equal(0, report.Metrics["coverage@3"]);
    }

    [Fact]
    public void Targets_that_the_user_already_had_are_not_asked_for_where_others_are()
    {
        // Before the cut: 0, 1. After it: 1 again, 2, 2 again. Only item 2 is asked for, once.
        var whole = new SequenceDataset(4, [0, 5], [0, 1, 1, 2, 2], [1, 2, 3, 4, 5]);
        var scorer = new FixedScorer(new() { [0] = [9, 9, 1, 0] });

        var report = RankingEvaluator.Evaluate(scorer, TimeSplit.At(whole, 3).Test);

        Assert.Equal(1, report.Ndcg);
    }

    [Fact]
    public void An_item_of_the_history_is_asked_for_only_where_seen_items_are_served()
    {
        // The last action is with item 0 again. Without repeats item 2 is asked for after 0 and 1, and 0 is left out of its ranking.
        var whole = new SequenceDataset(4, [0, 4], [0, 1, 2, 0]);
        var scorer = new FixedScorer(new() { [0] = [6, 9, 5, 7] });

        Assert.Equal([2], RankingEvaluator.Evaluate(scorer, LeaveOneOut.Of(whole).Test).Ranks.Single().Ranks);

        var serving = new SequenceDataset(4, [0, 4], [0, 1, 2, 0]) { AsksForSeenItems = true };
        var served = RankingEvaluator.Evaluate(scorer, LeaveOneOut.Of(serving).Test).Ranks.Single();
        Assert.Equal([0], served.Targets);
        Assert.Equal([3], served.Ranks);
    }

    [Fact]
    public void Sampled_metrics_flatter_and_are_labelled()
    {
        var random = new Random(3);
        var whole = new SequenceDataset(1_000, [.. Enumerable.Range(0, 101).Select(u => u * 3)], [.. Enumerable.Range(0, 300).Select(_ => random.Next(1_000))]);
        var scores = Enumerable.Range(0, 1_000).Select(_ => random.Next(1_000)).ToArray();

        var report = RankingEvaluator.Evaluate(new PopularityScorer(scores), LeaveOneOut.Of(whole).Test);
        var again = RankingEvaluator.Evaluate(new PopularityScorer(scores), LeaveOneOut.Of(whole).Test);

        Assert.True(report.Metrics["sampled100:hr@10"] > 2 * report.Metrics["hr@10"]);
        Assert.Equal(report.Metrics, again.Metrics);
    }

    [Fact]
    public void Batches_of_any_size_give_the_same_metrics()
    {
        var random = new Random(4);
        var whole = new SequenceDataset(50, [.. Enumerable.Range(0, 41).Select(u => u * 4)], [.. Enumerable.Range(0, 160).Select(_ => random.Next(50))]);
        var scorer = PopularityScorer.AllTime(whole);
        var cases = LeaveOneOut.Of(whole).Test;

        var one = RankingEvaluator.Evaluate(scorer, cases, new RankingOptions { ScoreBuffer = 1_024 });
        var all = RankingEvaluator.Evaluate(scorer, cases);

        Assert.Equal(all.Metrics, one.Metrics);
        Assert.Equal(all.NdcgByCase, one.NdcgByCase);
    }

    [Fact]
    public void Recent_popularity_is_another_baseline_than_all_time()
    {
        const long Day = 24 * 60 * 60 * 1000;
        var train = new SequenceDataset(2, [0, 4], [0, 0, 0, 1], [0, Day, 2 * Day, 20 * Day]);
        var (allTime, recent) = (new float[2], new float[2]);

        PopularityScorer.AllTime(train).Score([train.ItemsMemory(0)], allTime);
        PopularityScorer.Recent(train, TimeSpan.FromDays(7)).Score([train.ItemsMemory(0)], recent);

        Assert.Equal([3, 1], allTime);
        Assert.Equal([0, 1], recent);
    }

    [Fact]
    public void A_scorer_of_another_catalogue_is_refused()
    {
        Assert.Throws<ArgumentException>(() => RankingEvaluator.Evaluate(new PopularityScorer(new int[5]), LeaveOneOut.Of(Whole).Test));
    }

    /// <summary>Scores by a history's first item.</summary>
    sealed class FixedScorer(Dictionary<int, float[]> byFirstItem) : ISequenceScorer
    {
        public int ItemCount => byFirstItem.Values.First().Length;

        public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
        {
            for (var i = 0; i < histories.Count; i++)
            {
                byFirstItem[histories[i].Span[0]].CopyTo(scores[(i * ItemCount)..]);
            }
        }
    }
}
