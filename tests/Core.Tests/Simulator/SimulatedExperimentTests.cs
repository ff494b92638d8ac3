using SasRec.Simulator.Experiments;

namespace SasRec.Core.Tests.Simulator;

public sealed class SimulatedExperimentTests
{
    const int Experiments = 1_000;

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.02)]
    public void Of_a_thousand_experiments_without_a_difference_looked_at_every_day_at_most_one_in_twenty_claims_one(double mean)
    {
        var claims = new SimulatedExperiment(UsersADay: 400, Days: 28, mean, Lift: 0).RunMany(Experiments, TestContext.Current.CancellationToken);

        Assert.InRange(claims.Count(claim => claim is not null), 0, Experiments / 20);
    }

    [Fact]
    public void A_lift_of_a_tenth_is_found_in_four_weeks_of_a_thousand_users_a_day()
    {
        var claims = new SimulatedExperiment(UsersADay: 1_000, Days: 28, Mean: 0.5, Lift: 0.1).RunMany(Experiments, TestContext.Current.CancellationToken);

        Assert.True(claims.Count(claim => claim is { Better: true }) > 0.9 * Experiments);
        Assert.True(claims.Count(claim => claim is { Better: false }) < 0.005 * Experiments);
    }
}
