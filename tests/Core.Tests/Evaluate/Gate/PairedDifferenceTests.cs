using SasRec.Core.Evaluate.Gate;

namespace SasRec.Core.Tests.Evaluate.Gate;

public class PairedDifferenceTests
{
    [Fact]
    public void The_interval_of_a_difference_without_skew_is_Student_s()
    {
        // a - b is -1, 0, 1, 2, 3, four times each: mean 1, deviation sqrt(40 / 19) = 1.45095, standard error 0.32444. The kurtosis is
        // 1.7, so the deviation is worth 2 x 20 / 0.7 = 57.1 degrees of freedom, of which Student's 97.5% quantile is 2.00236.
        double[] a = [.. Enumerable.Range(0, 20).Select(user => (double)(user % 5))];
        double[] b = [.. Enumerable.Repeat(1.0, 20)];

        var found = PairedDifference.Of(a, b, 0.95);

        Assert.Equal((1.0, 2.0, 1.0, 20), (found.Difference, found.A, found.B, found.Users));
        Assert.Equal(1 - (2.00236 * 0.32444), found.Low, 3);
        Assert.Equal(1 + (2.00236 * 0.32444), found.High, 3);
    }

    [Fact]
    public void A_share_that_is_the_same_for_everybody_has_no_error()
    {
        double[] b = [0, 1, 0.5, 0, 0.25];

        var found = PairedDifference.Relative([.. b.Select(value => 1.1 * value)], b, 0.95);

        Assert.Equal(0.035, found.Difference, 12);
        Assert.Equal(0.035, found.Low, 6);
        Assert.Equal(0.035, found.High, 6);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1_000)]
    public void Ninety_five_of_a_hundred_intervals_hold_the_true_share_though_most_users_score_nothing(int users)
    {
        const int Trials = 1_000;
        var held = 0;
        for (var trial = 0; trial < Trials; trial++)
        {
            var random = new Random(trial);
            var (a, b) = (new double[users], new double[users]);
            for (var user = 0; user < users; user++)
            {
                // Half of the luck is common; the first model is right 1.2 times as often.
                var luck = random.NextDouble();
                a[user] = (random.Next(2) == 0 ? luck : random.NextDouble()) < 0.24 ? 1 : 0;
                b[user] = luck < 0.2 ? 1 : 0;
            }

            var found = PairedDifference.Relative(a, b, 0.95);
            held += found.Low <= 0.2 * found.B && 0.2 * found.B <= found.High ? 1 : 0;
        }

        // The binomial deviation of a thousand trials is 0.7%.
        Assert.InRange(held / (double)Trials, 0.925, 0.975);
    }

    [Fact]
    public void Where_the_other_scores_nothing_the_difference_has_an_interval_all_the_same()
    {
        var found = PairedDifference.Relative([.. Enumerable.Range(0, 100).Select(user => user % 2.0)], new double[100], 0.95);

        Assert.Equal(0.5, found.Difference);
        Assert.InRange(found.Low, 0.38, 0.42);
    }

    [Fact]
    public void Too_few_users_say_nothing()
    {
        Assert.Equal((double.NegativeInfinity, double.PositiveInfinity), (PairedDifference.Of([1], [0], 0.95).Low, PairedDifference.Of([1], [0], 0.95).High));
        Assert.Throws<ArgumentException>(() => PairedDifference.Of([1, 2], [1], 0.95));
    }
}
