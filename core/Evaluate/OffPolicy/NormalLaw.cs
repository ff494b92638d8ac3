namespace SasRec.Core.Evaluate.OffPolicy;

/// <summary>The standard normal law.</summary>
static class NormalLaw
{
    /// <summary>z with P(N ≤ z) = probability, above 0 and below 1, to 1e-9.</summary>
    public static double Quantile(double probability)
    {
        var (low, high) = (-40.0, 40.0);
        for (var i = 0; i < 80; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Cumulative(middle) < probability ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    /// <summary>The same of Student's law, by the expansion in 1 / degrees of freedom (Fisher and Cornish 1960); for 10 and more.</summary>
    public static double StudentQuantile(double probability, double degreesOfFreedom)
    {
        var (z, n) = (Quantile(probability), Math.Max(10, degreesOfFreedom));
        var first = ((z * z * z) + z) / 4;
        var second = ((5 * Math.Pow(z, 5)) + (16 * z * z * z) + (3 * z)) / 96;
        return z + (first / n) + (second / (n * n));
    }

    /// <summary>P(N ≤ z): the series about 0 (Marsaglia 2004), the continued fraction in the tails.</summary>
    public static double Cumulative(double z)
    {
        if (Math.Abs(z) > 6)
        {
            var fraction = Math.Abs(z);
            for (var i = 30; i >= 1; i--)
            {
                fraction = Math.Abs(z) + (i / fraction);
            }

            var tail = Math.Exp(-z * z / 2) / (Math.Sqrt(2 * Math.PI) * fraction);
            return z > 0 ? 1 - tail : tail;
        }

        var (sum, term) = (z, z);
        for (var i = 3; Math.Abs(term) > 1e-17; i += 2)
        {
            term *= z * z / i;
            sum += term;
        }

        return 0.5 + (sum * Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI));
    }
}
