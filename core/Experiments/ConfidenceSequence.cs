using SasRec.Core.Evaluate.OffPolicy;

namespace SasRec.Core.Experiments;

/// <summary>Intervals of a mean that hold at all times at once, so that one may look, and stop, whenever one likes.</summary>
/// <remarks>
/// The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (Time-uniform central limit theory and asymptotic
/// confidence sequences, Annals of Statistics 52, 2024), theorem 2.2: with the
/// mean m of n independent observations and their standard deviation s, the true mean is at every n within
/// m ± s √( 2 (n ρ² + 1) / (n² ρ²) · ln( √(n ρ² + 1) / α ) ), but for a probability α. The ρ that makes it narrowest at n* is
/// √( (-2 ln α + ln(-2 ln α) + 1) / n* ), their appendix B.2. It is wider than the interval of a single look, about 1.5 times at n*.
/// For the difference of two arms, n counts the users of both, and s² / n is the sum of the arms' s² / n: the mean of the influence
/// functions of the difference in means, which their section 3 treats with more covariates.
/// </remarks>
public sealed class ConfidenceSequence
{
    // The power for which the users needed are told.
    const double Power = 0.8;

    readonly double alpha;
    readonly double rhoSquared;

    /// <summary>A sequence.</summary>
    /// <param name="alpha">The probability that the interval ever misses the true value: above 0, below 0.5.</param>
    /// <param name="narrowestAt">n*: the number of observations at which the interval is as narrow as it can be, 1 or more.</param>
    public ConfidenceSequence(double alpha, double narrowestAt)
    {
        OptionRange.Require(nameof(alpha), alpha, double.Epsilon, 0.5);
        OptionRange.Require(nameof(narrowestAt), narrowestAt, 1, double.MaxValue);
        var twice = -2 * Math.Log(alpha);
        (this.alpha, rhoSquared) = (alpha, (twice + Math.Log(twice) + 1) / narrowestAt);
    }

    /// <summary>Half the interval's width, in standard errors.</summary>
    /// <param name="n">The number of observations, above 0.</param>
    public double Reach(double n)
    {
        var grown = (n * rhoSquared) + 1;
        return Math.Sqrt(2 * grown / (n * rhoSquared) * Math.Log(Math.Sqrt(grown) / alpha));
    }

    /// <summary>The confidence of an interval of a single look that is as wide: with it, an interval that allows for skew holds at all times too.
    /// At most 1 - 1e-12, which is 7.1 standard errors.</summary>
    /// <param name="n">The number of observations, above 0.</param>
    public double SingleLook(double n) => Math.Min(1 - 1e-12, (2 * NormalLaw.Cumulative(Reach(n))) - 1);

    /// <summary>How many more observations it takes until a true difference is found with a probability of 80%; 0 for none.</summary>
    /// <param name="n">The observations so far, above 0.</param>
    /// <param name="error">The standard error of their mean, above 0.</param>
    /// <param name="difference">The difference, above 0.</param>
    public long MoreNeeded(double n, double error, double difference) =>
        (long)Math.Max(0, Math.Ceiling(Needed(error * Math.Sqrt(n), difference) - n));

    /// <summary>How many observations it takes until a true difference is found with a probability of 80%.</summary>
    /// <param name="deviation">The standard deviation of an observation, above 0.</param>
    /// <param name="difference">The difference, above 0.</param>
    public double Needed(double deviation, double difference)
    {
        var behind = NormalLaw.Quantile(Power);
        var (low, high) = (1.0, 2.0);
        while (Found(high) > difference && high < 1e15)
        {
            (low, high) = (high, high * 2);
        }

        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Found(middle) > difference ? (middle, high) : (low, middle);
        }

        return high;

        // The difference that n observations find: the estimate must be beyond the interval, and mostly is where the truth is so far behind.
        double Found(double n) => deviation / Math.Sqrt(n) * (Reach(n) + behind);
    }
}
