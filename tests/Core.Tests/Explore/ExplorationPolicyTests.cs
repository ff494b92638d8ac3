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
    public void The_epsilon_for_a_new_item_gives_it_the_chance_asked_for()
    {
        var epsilon = ExplorationPolicy.EpsilonFor(0.01, slots: 10, eligible: 500);
        Assert.Equal(0.01, ExplorationPolicy.MinInclusion(epsilon, 10, 500), 1e-9);
        var scores = new float[500];
        scores[499] = float.NegativeInfinity;
        var policy = new ExplorationPolicy { Temperature = 1, Epsilon = epsilon };
        var shown = Enumerable.Range(0, 50_000).Count(seed =>
            PlackettLuceSlate.Draw(scores, null, 10, policy, (ulong)seed).Items.Any(item => item.Item == 499));
        Assert.InRange(shown, 500 - (4 * Math.Sqrt(500)), 500 + (4 * Math.Sqrt(500)));
    }

    [Fact]
    public void No_epsilon_gives_more_than_a_uniform_slate() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ExplorationPolicy.EpsilonFor(0.5, slots: 10, eligible: 500));
}
