using SasRec.Core.Experiments;

namespace SasRec.Core.Tests.Experiments;

public sealed class ConfidenceSequenceTests
{
    [Fact]
    public void The_reach_is_that_of_the_equation()
    {
        // ρ² = (-2 ln 0.05 + ln(-2 ln 0.05) + 1) / 10,000 = (5.99146 + 1.79034 + 1) / 10,000.
        var sequence = new ConfidenceSequence(0.05, 10_000);

        Assert.Equal(6.417749795727652, sequence.Reach(200), 1e-12);
        Assert.Equal(3.76325634638413, sequence.Reach(1_000), 1e-12);
        Assert.Equal(3.035446396635931, sequence.Reach(10_000), 1e-12);
        Assert.Equal(3.2553601156474046, sequence.Reach(100_000), 1e-12);
    }

    [Fact]
    public void Users_are_enough_where_the_interval_and_its_chance_fit_into_the_difference()
    {
        var sequence = new ConfidenceSequence(0.05, 10_000);

        var users = sequence.Needed(deviation: 2, difference: 0.1);

        Assert.Equal(6_060.57, users, 0.01);
        Assert.Equal(0.1, 2 / Math.Sqrt(users) * (sequence.Reach(users) + 0.841621), 1e-6);
    }

    [Fact]
    public void Numbers_of_users_that_contradict_the_shares_are_told_however_often_one_looks()
    {
        Assert.Equal(1, SampleRatio.PValue([0, 0], [0.5, 0.5]));
        Assert.Equal(1, SampleRatio.PValue([100, 300, 100], [0.1, 0.3, 0.1]));
        Assert.Equal(0.0046855644, SampleRatio.PValue([560, 440], [0.5, 0.5]), 1e-9);
        Assert.Equal(0.0246734752, SampleRatio.PValue([130, 270], [0.25, 0.75]), 1e-9);
        Assert.Equal(3.74994e-8, SampleRatio.PValue([600, 400], [0.4, 0.4]), 1e-12);
    }
}
