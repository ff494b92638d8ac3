using SasRec.Core.Explore;
using SasRec.Core.Model;

namespace SasRec.Core.Tests.Model;

public class RoundedItemTableTests
{
    const int Items = 500, Width = 64;

    [Theory]
    [InlineData(500, 64, false)]
    [InlineData(500, 64, true)]
    [InlineData(16, 8, false)]
    [InlineData(15, 9, true)]
    [InlineData(33, 300, true)]
    public void No_logit_differs_by_more_than_its_bound(int items, int width, bool biased)
    {
        var weights = Weights(items, width, biased);
        var table = RoundedItemTable.Of(weights);
        foreach (var state in Enumerable.Range(1, 20).Select(seed => State(width, (ulong)seed)))
        {
            var (exact, rounded) = (Scores(weights, state), Scores(table, state));
            for (var item = 0; item < items; item++)
            {
                Assert.InRange(Math.Abs(exact[item] - rounded[item]), 0, table.MaxError(item, state) + 1e-4f);
            }
        }
    }

    [Fact]
    public void The_bound_is_a_small_part_of_what_tells_items_apart()
    {
        var weights = Weights(Items, Width);
        var (table, state) = (RoundedItemTable.Of(weights), State(Width, 1));
        var exact = Scores(weights, state);
        Assert.True(Enumerable.Range(0, Items).Max(item => table.MaxError(item, state)) < 0.1 * (exact.Max() - exact.Min()));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(4)]
    public void Propensities_stay_within_the_bound_that_follows(double temperature)
    {
        var weights = Weights(Items, Width);
        var (table, state) = (RoundedItemTable.Of(weights), State(Width, 9));
        var (exact, rounded) = (Scores(weights, state), Scores(table, state));
        var bound = Math.Exp(2 * Enumerable.Range(0, Items).Max(item => (double)table.MaxError(item, state)) / temperature);
        var policy = new ExplorationPolicy { Temperature = temperature, Epsilon = 0.05 };
        for (var item = 0; item < Items; item++)
        {
            double Chance(float[] scores) => PlackettLuceSlate.ChancesOf(item, scores, null, 1, policy, seed: 1)[0];
            Assert.InRange(Chance(rounded) / Chance(exact), 1 / bound / 1.0001, bound * 1.0001);
        }
    }

    [Theory]
    [InlineData(500, 64)]
    [InlineData(47, 9)]
    public void A_score_is_the_dot_product_with_the_rounded_embedding_and_the_bias(int items, int width)
    {
        var weights = Weights(items, width, biased: true);
        var (table, state, embedding) = (RoundedItemTable.Of(weights), State(width, 4), new float[width]);
        var scores = Scores(table, state);
        for (var item = 0; item < items; item++)
        {
            table.Embedding(item, embedding);
            var expected = embedding.Zip(state, (a, b) => (double)a * b).Sum() + weights.ItemBias![item];
            Assert.Equal(expected, scores[item], 1e-3 * Math.Max(1, Math.Abs(expected)));
        }
    }

    [Fact]
    public void Sums_of_the_widest_network_do_not_overflow()
    {
        const int width = 1024;
        var weights = SasRecWeights.Initialized(new SasRecConfig { Width = width, MaxLength = 4 }, 32, seed: 1);
        weights.ItemEmbedding(3).Fill(0.25f);
        var state = new float[width];
        Array.Fill(state, 8f);
        Assert.Equal(0.25f * 8 * width, Scores(RoundedItemTable.Of(weights), state)[3], 0.1f);
    }

    [Fact]
    public void A_cosine_is_that_of_the_rounded_embeddings()
    {
        var weights = Weights(Items, Width);
        weights.ItemEmbedding(7).Clear();
        var (table, direction, cosines, other) = (RoundedItemTable.Of(weights), new float[Width], new float[Items], new float[Width]);
        table.Embedding(40, direction);
        var length = Math.Sqrt(direction.Sum(d => (double)d * d));
        table.Cosines([.. direction.Select(d => (float)(d / length))], cosines);
        Assert.Equal(1, cosines[40], 1e-3f);
        Assert.Equal(0, cosines[7]);
        for (var item = 8; item < Items; item++)
        {
            table.Embedding(item, other);
            var expected = direction.Zip(other, (a, b) => (double)a * b).Sum() / length / Math.Sqrt(other.Sum(d => (double)d * d));
            Assert.Equal(expected, cosines[item], 1e-3);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_state_that_is_not_finite_gives_no_score(float value)
    {
        var state = State(Width, 1);
        state[5] = value;
        Assert.All(Scores(RoundedItemTable.Of(Weights(Items, Width)), state), score => Assert.True(float.IsNaN(score)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_gives_the_same_table_and_a_damaged_one_none(bool biased)
    {
        var table = RoundedItemTable.Of(Weights(37, 9, biased));
        var stream = new MemoryStream();
        RoundedItemTableFile.Write(table, stream);
        var bytes = stream.ToArray();
        var read = RoundedItemTableFile.Read(new MemoryStream(bytes));
        Assert.Equal(Scores(table, State(9, 2)), Scores(read, State(9, 2)));

        for (var length = 0; length < bytes.Length; length += 7)
        {
            Assert.Throws<InvalidDataException>(() => RoundedItemTableFile.Read(new MemoryStream(bytes[..length])));
        }

        foreach (var (at, value) in new[] { (0, (byte)'X'), (4, (byte)2), (11, (byte)0x7f), (15, (byte)0x80), (16, (byte)2) })
        {
            byte[] broken = [.. bytes];
            broken[at] = value;
            Assert.Throws<InvalidDataException>(() => RoundedItemTableFile.Read(new MemoryStream(broken)));
        }
    }

    // Rows of very different lengths.
    static SasRecWeights Weights(int items, int width, bool biased = false)
    {
        var weights = SasRecWeights.Initialized(new SasRecConfig { Width = width, MaxLength = 4 }, items, seed: 3);
        for (var item = 0; item < items; item++)
        {
            foreach (ref var value in weights.ItemEmbedding(item))
            {
                value *= 1 + (item % 7 * 10);
            }
        }

        return biased ? weights.WithItemBias([.. Enumerable.Range(0, items).Select(item => item / 10f)]) : weights;
    }

    static float[] State(int width, ulong seed) => [.. Enumerable.Range(0, width).Select(d => (float)CounterRandom.Normal(seed, (ulong)d))];

    static float[] Scores(RoundedItemTable table, float[] state)
    {
        var scores = new float[table.ItemCount];
        table.Score(state, scores);
        return scores;
    }

    static float[] Scores(SasRecWeights weights, float[] state) =>
    [
        .. Enumerable.Range(0, weights.ItemCount).Select(item =>
            (float)(weights.ItemEmbedding(item).ToArray().Zip(state, (a, b) => (double)a * b).Sum() + (weights.ItemBias?[item] ?? 0))),
    ];
}
