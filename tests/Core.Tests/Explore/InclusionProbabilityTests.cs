using SasRec.Core.Explore;
using static SasRec.Core.Tests.Explore.Slates;

namespace SasRec.Core.Tests.Explore;

public sealed class InclusionProbabilityTests
{
    [Theory]
    [InlineData(0.05)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(20)]
    public void Chances_are_those_of_enumeration(double temperature)
    {
        float[] scores = [0.3f, 1.9f, -2, 0.3f, float.NegativeInfinity, 1.1f, 0];
        int[] eligible = [0, 1, 2, 3, 4, 5];
        var policy = new ExplorationPolicy { Temperature = temperature, Epsilon = 0 };
        for (var k = 1; k <= 6; k++)
        {
            var expected = new double[7];
            foreach (var slate in All(eligible, k))
            {
                var probability = Propensities(scores, eligible, slate, policy).Aggregate((a, b) => a * b);
                Array.ForEach(slate, item => expected[item] += probability);
            }

            var found = InclusionProbability.PlackettLuce(scores, ItemSet.Of(7, eligible), k, temperature);
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        }
    }

    [Theory]
    [InlineData(400, 10, 1)]
    [InlineData(400, 1, 0.1)]
    [InlineData(2000, 60, 0.5)]
    [InlineData(50, 49, 1)]
    public void Chances_sum_to_the_length_of_the_slate(int items, int k, double temperature)
    {
        var chances = InclusionProbability.PlackettLuce(Normal(items, 2, seed: 1), null, k, temperature);
        Assert.Equal(k, chances.Sum(), 1e-9 * items);
        Assert.All(chances, chance => Assert.InRange(chance, 0, 1 + 1e-9));
    }

    [Fact]
    public void Gaps_between_scores_of_any_width_are_crossed()
    {
        float[] scores = [1e30f, 1e30f, 0, 0, 0, -1e30f];
        var chances = InclusionProbability.PlackettLuce(scores, null, 3, 1);
        Assert.All(new[] { 1, 1, 1 / 3.0, 1 / 3.0, 1 / 3.0, 0 }.Zip(chances), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    [Fact]
    public void The_ends_of_the_temperature_are_the_greedy_slate_and_the_uniform_one()
    {
        float[] scores = [1, 3, 2, 3];
        Assert.Equal([0, 1, 0, 1], InclusionProbability.PlackettLuce(scores, null, 2, 0));
        Assert.Equal([0.5, 0.5, 0.5, 0.5], InclusionProbability.PlackettLuce(scores, null, 2, double.PositiveInfinity));
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.5, 0.3)]
    [InlineData(2, 0.1)]
    [InlineData(double.PositiveInfinity, 0.2)]
    public void Chances_by_drawing_lie_within_their_error_of_enumeration(double temperature, double epsilon)
    {
        float[] scores = [0.3f, 1.9f, -2, 0.3f, float.NegativeInfinity, 1.1f, 0];
        int[] eligible = [0, 1, 2, 3, 4, 5];
        var policy = new ExplorationPolicy { Temperature = temperature, Epsilon = epsilon };
        var expected = new double[7];
        foreach (var slate in All(eligible, 3))
        {
            var probability = Propensities(scores, eligible, slate, policy).Aggregate((a, b) => a * b);
            Array.ForEach(slate, item => expected[item] += probability);
        }

        var estimate = InclusionEstimate.Of(scores, ItemSet.Of(7, eligible), 3, policy, draws: 5_000, seed: 1);
        Assert.Equal(3, estimate.Chances.Sum(), 1e-5);
        for (var item = 0; item < 7; item++)
        {
            Assert.Equal(expected[item], estimate.Chances[item], (4 * estimate.StandardErrors[item]) + 1e-6);
            Assert.InRange(estimate.StandardErrors[item], 0, 0.01);
        }
    }
}
