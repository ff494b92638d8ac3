using SasRec.Core.Evaluate.Ranking;

namespace SasRec.Core.Tests.Evaluate.Ranking;

public class RankCounterTests
{
    [Theory]
    [InlineData(new[] { 0.1f, 0.9f, 0.5f, 0.7f }, new int[0], 1, 1.0)]
    [InlineData(new[] { 0.1f, 0.9f, 0.5f, 0.7f }, new int[0], 0, 4.0)]
    [InlineData(new[] { 0.1f, 0.9f, 0.5f, 0.7f }, new[] { 1 }, 2, 2.0)] // the higher item was already acted on
    [InlineData(new[] { 0.1f, 0.9f, 0.5f, 0.7f }, new[] { 1, 1, 3, 1 }, 2, 1.0)] // repeats count once
    [InlineData(new[] { 0.1f, 0.9f, 0.5f, 0.7f }, new[] { 2, 1 }, 2, 2.0)] // the target stays eligible
    [InlineData(new[] { 0.5f, 0.5f, 0.5f, 0.5f }, new int[0], 2, 2.5)] // half of three ties
    [InlineData(new[] { 0.5f, 0.5f, 0.5f, 0.9f }, new[] { 0 }, 2, 2.5)] // one above, one tie left
    public void Rank_is_one_and_those_above_and_half_of_the_ties(float[] scores, int[] history, int target, double rank)
    {
        var ranks = new double[1];
        new RankCounter(scores.Length).Rank(scores, history, [target], ranks);
        Assert.Equal(rank, ranks[0]);
    }

    [Fact]
    public void A_score_that_is_no_number_is_last_and_never_above()
    {
        var counter = new RankCounter(4);
        var ranks = new double[2];

        counter.Rank([float.NaN, 1, 2, float.NaN], [1], [0, 2], ranks);

        Assert.Equal([3.0, 1.0], ranks);
    }

    [Fact]
    public void Vectors_and_tail_count_what_a_plain_loop_counts()
    {
        var random = new Random(5);
        var counter = new RankCounter(1_003);
        for (var round = 0; round < 200; round++)
        {
            var scores = Enumerable.Range(0, 1_003).Select(_ => (float)random.Next(50)).ToArray();
            var history = Enumerable.Range(0, 30).Select(_ => random.Next(1_003)).ToArray();
            int[] targets = [random.Next(1_003), 1_002, 0];
            targets = [.. targets.Distinct()];
            var ranks = new double[targets.Length];

            counter.Rank(scores, history, targets, ranks);

            for (var i = 0; i < targets.Length; i++)
            {
                var eligible = Enumerable.Range(0, 1_003).Where(item => item != targets[i] && (targets.Contains(item) || !history.Contains(item)));
                var expected = 1.0;
                foreach (var item in eligible)
                {
                    expected += scores[item] > scores[targets[i]] ? 1 : scores[item] == scores[targets[i]] ? 0.5 : 0;
                }

                Assert.Equal(expected, ranks[i]);
            }
        }
    }

    [Fact]
    public void The_best_items_are_those_that_a_full_sort_puts_first()
    {
        var random = new Random(6);
        for (var round = 0; round < 200; round++)
        {
            var length = random.Next(1, 300);
            var scores = Enumerable.Range(0, length).Select(_ => (float)random.Next(40)).ToArray();
            var history = Enumerable.Range(0, 20).Select(_ => random.Next(length)).ToArray();
            var expected = Enumerable.Range(0, length).Except(history).OrderByDescending(i => scores[i]).ThenBy(i => i).Take(10).ToArray();
            var best = new int[10];

            var found = TopItems.Find(scores, history, best, new float[10]);

            Assert.Equal(expected, best[..found]);
        }
    }
}
