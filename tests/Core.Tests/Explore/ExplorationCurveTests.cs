using SasRec.Core.Explore;

namespace SasRec.Core.Tests.Explore;

public sealed class ExplorationCurveTests
{
    static readonly ExplorationCurve Curve = new(
        0.5,
        [
            new ExplorationPoint(0.25, 0.95, 0.97, 0.9, 0.01),
            new ExplorationPoint(0.5, 0.7, 0.8, 0.6, 0.02),
            new ExplorationPoint(1, 0.2, 0.3, 0.1, 0.01),
        ],
        1_000);

    [Theory]
    [InlineData(0.05, 0.5, 1 - (0.05 / 0.4))]
    [InlineData(0.4, 0.5, 0)]
    [InlineData(0.45, 1, 0.5)]
    [InlineData(1, 1, 0)]
    public void A_price_is_spent_on_as_many_drawn_slates_as_it_pays_for(double exploration, double temperature, double greedyShare)
    {
        var policy = Curve.Policy(exploration);
        Assert.Equal(temperature, policy.Temperature);
        Assert.Equal(greedyShare, policy.GreedyShare, 1e-12);
    }

    [Fact]
    public void No_exploration_is_greedy() => Assert.Equal(ExplorationPolicy.Greedy, Curve.Policy(0, epsilon: 0.3));

    [Fact]
    public void A_uniform_share_in_drawn_slates_makes_them_dearer_and_so_fewer()
    {
        var policy = Curve.Policy(0.05, epsilon: 0.5);
        Assert.Equal(0.5, policy.Epsilon);
        Assert.Equal(1 - (0.05 / 0.7), policy.GreedyShare, 1e-12);
    }

    [Fact]
    public void Without_a_measurement_a_drawn_slate_is_taken_to_be_worth_nothing() =>
        Assert.Equal(0.95, ExplorationCurve.Unknown.Policy(0.05).GreedyShare, 1e-12);

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void A_price_out_of_range_is_refused(double exploration) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Curve.Policy(exploration));
}
