using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Model;
using SasRec.Trainer.Train.Cpu;

namespace SasRec.Trainer.Tests.Train.Cpu;

public class SasRecScorerTests
{
    [Theory]
    [InlineData(16, 1, 1)]
    [InlineData(50, 2, 2)]
    public void Scores_are_the_reference_s_for_every_length(int width, int blocks, int heads)
    {
        var weights = Weights(new SasRecConfig { Width = width, Blocks = blocks, Heads = heads, MaxLength = 12 }, items: 131);
        var histories = Histories(count: 150, items: 131);
        var scores = new float[histories.Length * 131];
        using var scorer = new SasRecScorer(weights, threads: 3);

        scorer.Score(histories, scores);

        for (var h = 0; h < histories.Length; h++)
        {
            var expected = Reference(weights, histories[h].Span);
            for (var item = 0; item < 131; item++)
            {
                Assert.Equal(expected[item], scores[h * 131 + item], 1e-4);
            }
        }
    }

    [Fact]
    public void A_bias_is_added_to_an_item_s_scores()
    {
        var weights = Weights(new SasRecConfig { Width = 16, MaxLength = 12 }, items: 131);
        var bias = Enumerable.Range(0, 131).Select(item => item / 100f).ToArray();
        var histories = Histories(count: 70, items: 131);
        var (plain, biased) = (new float[70 * 131], new float[70 * 131]);
        using var one = new SasRecScorer(weights, threads: 2);
        using var other = new SasRecScorer(weights.WithItemBias(bias), threads: 2);

        one.Score(histories, plain);
        other.Score(histories, biased);

        Assert.All(Enumerable.Range(0, plain.Length), i => Assert.Equal(plain[i] + bias[i % 131], biased[i]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_rank_is_that_of_the_evaluation_ties_count_half(bool biased)
    {
        var weights = Weights(new SasRecConfig { Width = 16, MaxLength = 12 }, items: 131);

        // An item with the embedding of another ties with it.
        weights.ItemEmbedding(40).CopyTo(weights.ItemEmbedding(41));
        weights = weights.WithItemBias(biased ? [.. Enumerable.Range(0, 131).Select(item => item % 40 / 10f)] : null);
        var histories = Histories(count: 200, items: 131);
        var targets = histories.Select((_, h) => h % 2 == 0 ? 40 : h % 131).ToArray();
        var (ranks, scores) = (new double[histories.Length], new float[histories.Length * 131]);
        using var scorer = new SasRecScorer(weights, threads: 2);

        scorer.Rank(histories, targets, ranks);
        scorer.Score(histories, scores);

        var (counter, expected) = (new RankCounter(131), new double[1]);
        for (var h = 0; h < histories.Length; h++)
        {
            var row = scores.AsSpan(h * 131, 131).ToArray();
            counter.Rank(row, histories[h].Span, [targets[h]], expected);
            Assert.Equal(expected[0], ranks[h]);
        }

        Assert.Equal(!biased, ranks.Any(rank => rank % 1 == 0.5));
    }

    [Fact]
    public void An_unknown_item_or_an_empty_history_is_refused_by_name()
    {
        using var scorer = new SasRecScorer(Weights(new SasRecConfig { Width = 16, MaxLength = 12 }, items: 5), threads: 1);
        var scores = new float[10];

        var unknown = Assert.Throws<ArgumentException>(() => scorer.Score([new[] { 1 }, new[] { 0, 5 }], scores));
        var empty = Assert.Throws<ArgumentException>(() => scorer.Score([Array.Empty<int>()], scores));

        Assert.Contains("History 1 names item 5; the item vocabulary has 0 to 4", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("History 0 is empty", empty.Message, StringComparison.Ordinal);
    }

    static double[] Reference(SasRecWeights weights, ReadOnlySpan<int> history)
    {
        var network = new ReferenceNetwork(weights);
        history = history[Math.Max(0, history.Length - weights.Config.MaxLength)..];
        var hidden = network.Forward(history);
        var last = history.Length - 1;
        return [.. Enumerable.Range(0, weights.ItemCount).Select(item => network.Score(hidden, last, item))];
    }

    static ReadOnlyMemory<int>[] Histories(int count, int items) =>
        [.. Enumerable.Range(0, count).Select(h => (ReadOnlyMemory<int>)Enumerable.Range(0, 1 + h % 20).Select(t => (h * 7 + t * 13) % items).ToArray())];

    static SasRecWeights Weights(SasRecConfig config, int items)
    {
        var weights = SasRecWeights.Initialized(config, items, seed: 9);
        for (var i = 0; i < weights.Values.Length; i++)
        {
            weights.Values[i] += (float)(0.1 * CounterRandom.Normal(5, (ulong)i));
        }

        return weights;
    }
}
