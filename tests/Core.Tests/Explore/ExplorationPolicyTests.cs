using SasRec.Core.Explore;

namespace SasRec.Core.Tests.Explore;

public sealed class ExplorationPolicyTests
{
    [Theory]
    [InlineData(-1, 0)]
    [InlineData(1e-7, 0)]
    [InlineData(1e7, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(double.NegativeInfinity, 0)]
    [InlineData(1, -0.1)]
    [InlineData(1, 1.1)]
    [InlineData(1, double.NaN)]
    public void A_setting_out_of_range_is_refused(double temperature, double epsilon) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExplorationPolicy { Temperature = temperature, Epsilon = epsilon }.Validated());

    [Theory]
    [InlineData(0)]
    [InlineData(1e-6)]
    [InlineData(double.PositiveInfinity)]
    public void The_ends_of_the_range_are_accepted(double temperature) =>
        Assert.Equal(temperature, new ExplorationPolicy { Temperature = temperature }.Validated().Temperature);

    [Fact]
    public void An_item_without_a_score_has_the_chance_that_epsilon_gives()
    {
        const double epsilon = 0.5;
        var chance = ExplorationPolicy.MinInclusion(epsilon, slots: 10, eligible: 500);
        Assert.Equal(1 - Enumerable.Range(491, 10).Aggregate(1.0, (missed, left) => missed * (1 - (epsilon / left))), chance, 1e-12);
        var scores = new float[500];
        scores[499] = float.NegativeInfinity;
        var policy = new ExplorationPolicy { Temperature = 1, Epsilon = epsilon };
        var shown = Enumerable.Range(0, 50_000).Count(seed =>
            PlackettLuceSlate.Draw(scores, null, 10, policy, (ulong)seed).Items.Any(item => item.Item == 499));
        var expected = 50_000 * chance;
        Assert.InRange(shown, expected - (4 * Math.Sqrt(expected)), expected + (4 * Math.Sqrt(expected)));
    }
}
