using SasRec.Core.Explore;
using SasRec.Core.Model;

namespace SasRec.Core.Tests.Model;

public class RoundedItemTableTests
{
    const int Items = 500, Width = 64;

    static SasRecWeights Weights()
    {
        var weights = SasRecWeights.Initialized(new SasRecConfig { Width = Width, MaxLength = 4 }, Items, seed: 3);
        for (var item = 0; item < Items; item++)
        {
            var row = weights.ItemEmbedding(item);
            for (var d = 0; d < Width; d++)
            {
                row[d] *= 1 + (item % 7 * 10);
            }
        }

        return weights;
    }

    static float[] State(ulong seed) => [.. Enumerable.Range(0, Width).Select(d => (float)CounterRandom.Normal(seed, (ulong)d))];

    static float[] Scores(SasRecWeights weights, float[] state) =>
        [.. Enumerable.Range(0, Items).Select(item => (float)weights.ItemEmbedding(item).ToArray().Zip(state, (a, b) => (double)a * b).Sum())];

    [Fact]
    public void No_logit_moves_by_more_than_its_bound()
    {
        var weights = Weights();
        var table = RoundedItemTable.Of(weights);
        foreach (var state in Enumerable.Range(1, 20).Select(seed => State((ulong)seed)))
        {
            var (exact, rounded) = (Scores(weights, state), Scores(table.Applied(weights), state));
            for (var item = 0; item < Items; item++)
            {
                Assert.InRange(Math.Abs(exact[item] - rounded[item]), 0, table.MostError(item, state) + 1e-5f);
            }

            // The bound is of use: it is a small part of what tells items apart.
            Assert.True(Enumerable.Range(0, Items).Max(item => table.MostError(item, state)) < 0.1 * (exact.Max() - exact.Min()));
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(4)]
    public void Propensities_stay_within_the_bound_that_follows(double temperature)
    {
        var weights = Weights();
        var table = RoundedItemTable.Of(weights);
        var state = State(9);
        var (exact, rounded) = (Scores(weights, state), Scores(table.Applied(weights), state));
        var bound = Math.Exp(2 * Enumerable.Range(0, Items).Max(item => (double)table.MostError(item, state)) / temperature);
        var policy = new ExplorationPolicy { Temperature = temperature, Epsilon = 0.05 };
        for (var item = 0; item < Items; item++)
        {
            double Chance(float[] scores) => PlackettLuceSlate.ChancesOf(item, scores, null, 1, policy, seed: 1)[0];
            Assert.InRange(Chance(rounded) / Chance(exact), 1 / bound / 1.0001, bound * 1.0001);
        }
    }

    [Fact]
    public void Only_a_large_catalogue_is_rounded() => Assert.Null(RoundedItemTable.ForServing(Weights()));
}
