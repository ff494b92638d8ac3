using SasRec.Core.Evaluate.Ranking;

namespace SasRec.Core.Tests.Evaluate.Ranking;

public class PairedBootstrapTests
{
    [Fact]
    public void A_constant_gain_has_an_interval_without_width()
    {
        var b = Enumerable.Range(0, 50).Select(i => i / 50.0).ToArray();
        var comparison = PairedBootstrap.Compare([.. b.Select(x => x + 0.25)], b, seed: 1);

        Assert.Equal(0.25, comparison.Difference, 12);
        Assert.Equal(0.25, comparison.Low, 12);
        Assert.Equal(0.25, comparison.High, 12);
        Assert.Equal(50, comparison.Pairs);
    }

    [Fact]
    public void A_ratio_is_that_of_the_means_and_without_width_where_it_is_everybody_s()
    {
        double[] b = [0, 1, 3, 0.5];

        var same = PairedBootstrap.Ratio([0, 2, 6, 1], b, seed: 1);
        var mixed = PairedBootstrap.Ratio([0, 1, 9, 0], b, seed: 1);

        Assert.Equal((2, 2, 2), (Math.Round(same.Difference, 12), Math.Round(same.Low, 12), Math.Round(same.High, 12)));
        Assert.Equal(10 / 4.5, mixed.Difference, 12);
        Assert.True(mixed.Low < mixed.Difference && mixed.Difference < mixed.High);
    }

    [Fact]
    public void The_interval_is_about_two_standard_errors_either_side()
    {
        // Differences of +1 and -1 in equal number: deviation 1, standard error 1/20.
        var a = Enumerable.Range(0, 400).Select(i => i % 2 == 0 ? 1.0 : -1.0).ToArray();

        var comparison = PairedBootstrap.Compare(a, new double[400], seed: 7, resamples: 4_000);

        Assert.Equal(0, comparison.Difference);
        Assert.InRange(comparison.Low, -0.108, -0.088);
        Assert.InRange(comparison.High, 0.088, 0.108);
    }

    [Fact]
    public void Ninety_five_of_a_hundred_intervals_hold_the_truth()
    {
        var random = new Random(11);
        var held = 0;
        for (var trial = 0; trial < 300; trial++)
        {
            // Hits with probability .3 against .2: the true difference is .1.
            var a = Enumerable.Range(0, 300).Select(_ => random.NextDouble() < 0.3 ? 1.0 : 0.0).ToArray();
            var b = Enumerable.Range(0, 300).Select(_ => random.NextDouble() < 0.2 ? 1.0 : 0.0).ToArray();
            var comparison = PairedBootstrap.Compare(a, b, seed: (ulong)trial, resamples: 400);
            held += comparison.Low <= 0.1 && 0.1 <= comparison.High ? 1 : 0;
        }

        Assert.InRange(held, 276, 294); // 92% to 98% of 300
    }

    [Fact]
    public void The_same_seed_gives_the_same_interval_and_another_seed_another()
    {
        var random = new Random(2);
        var (a, b) = (Enumerable.Range(0, 99).Select(_ => random.NextDouble()).ToArray(), new double[99]);

        Assert.Equal(PairedBootstrap.Compare(a, b, 5), PairedBootstrap.Compare(a, b, 5));
        Assert.NotEqual(PairedBootstrap.Compare(a, b, 5), PairedBootstrap.Compare(a, b, 6));
    }

    [Fact]
    public void What_cannot_be_compared_is_refused()
    {
        Assert.Throws<ArgumentException>(() => PairedBootstrap.Compare([], [], 1));
        Assert.Throws<ArgumentException>(() => PairedBootstrap.Compare([1], [1, 2], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedBootstrap.Compare([1], [1], 1, resamples: 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedBootstrap.Compare([1], [1], 1, confidence: 1));
    }
}
