namespace SasRec.Core.Evaluate.OffPolicy;

/// <summary>Σy / Σd with an interval that allows for skew.</summary>
/// <remarks>
/// The interval holds every ratio v that the log does not refute: those for which the mean of y - v d does not differ from 0 (Fieller
/// 1954). Importance weights make y - v d skewed, so that a plain normal interval misses on one side; Hall's cubic transformation (1992)
/// of the studentised mean removes the skew to second order, and Student's quantile stands in for the normal one because heavy tails
/// leave the deviation uncertain too. With d = 1 this is the interval of a mean.
/// </remarks>
/// <param name="Value">The ratio; NaN where Σd is 0.</param>
/// <param name="Low">The interval's lower end.</param>
/// <param name="High">The interval's upper end.</param>
readonly record struct RatioEstimate(double Value, double Low, double High)
{
    public static RatioEstimate Of(ReadOnlySpan<double> numerators, ReadOnlySpan<double> denominators, double confidence)
    {
        var n = numerators.Length;
        var (sumY, sumD) = (0.0, 0.0);
        for (var i = 0; i < n; i++)
        {
            sumY += numerators[i];
            sumD += denominators[i];
        }

        var ratio = sumY / sumD;
        if (n < 2 || !double.IsFinite(ratio))
        {
            return new RatioEstimate(ratio, double.NegativeInfinity, double.PositiveInfinity);
        }

        var residuals = Residuals.Of(numerators, denominators, ratio);
        var z = NormalLaw.StudentQuantile((1 + confidence) / 2, residuals.DegreesOfFreedom);
        return new RatioEstimate(ratio, ratio + residuals.Shift(z), ratio + residuals.Shift(-z));
    }

    /// <summary>The moments of y - (ratio + s) d as polynomials in the shift s.</summary>
    readonly record struct Residuals(int Count, double D, double EE, double ED, double DD, double EEE, double EED, double EDD, double DDD, double EEEE)
    {
        /// <summary>What the deviation's own uncertainty is worth (Satterthwaite 1946): 2n / (kurtosis - 1), few where tails are heavy.</summary>
        public double DegreesOfFreedom => Math.Max(1, 2 * Count / Math.Max(1e-9, (Count * EEEE / (EE * EE)) - 1));

        public static Residuals Of(ReadOnlySpan<double> numerators, ReadOnlySpan<double> denominators, double ratio)
        {
            double sum = 0, ee = 0, ed = 0, dd = 0, eee = 0, eed = 0, edd = 0, ddd = 0, eeee = 0;
            for (var i = 0; i < numerators.Length; i++)
            {
                var d = denominators[i];
                var e = numerators[i] - (ratio * d);
                sum += d;
                ee += e * e;
                ed += e * d;
                dd += d * d;
                eee += e * e * e;
                eed += e * e * d;
                edd += e * d * d;
                ddd += d * d * d;
                eeee += e * e * e * e;
            }

            return new Residuals(numerators.Length, sum, ee, ed, dd, eee, eed, edd, ddd, eeee);
        }

        /// <summary>The shift at which the statistic is z: doubled until it is passed, then halved in.</summary>
        public double Shift(double z)
        {
            if (EE == 0)
            {
                return 0;
            }

            var (near, far) = (0.0, -Math.Sign(z) * Math.Sqrt(EE) / D);
            for (var i = 0; Math.Abs(Statistic(far)) < Math.Abs(z) || Math.Sign(Statistic(far)) != Math.Sign(z); i++)
            {
                if (i == 60)
                {
                    return -Math.Sign(z) * double.PositiveInfinity;
                }

                (near, far) = (far, 2 * far);
            }

            for (var i = 0; i < 60; i++)
            {
                var middle = (near + far) / 2;
                (near, far) = Math.Sign(z) * (Statistic(middle) - z) < 0 ? (middle, far) : (near, middle);
            }

            return (near + far) / 2;
        }

        /// <summary>Hall's transform T + γT²/(3√n) + γ²T³/(27n) + γ/(6√n) of T = √n mean / deviation: nearly standard normal.</summary>
        double Statistic(double shift)
        {
            // Σ(e - s d) = -s Σd, since Σe = 0 by the choice of the ratio.
            var mean = -shift * D / Count;
            var square = (EE - (2 * shift * ED) + (shift * shift * DD)) / Count;
            var cube = (EEE - (3 * shift * EED) + (3 * shift * shift * EDD) - (shift * shift * shift * DDD)) / Count;
            var variance = Math.Max(square - (mean * mean), double.Epsilon);
            var skew = (cube - (3 * mean * square) + (2 * mean * mean * mean)) / Math.Pow(variance, 1.5);
            var root = Math.Sqrt(Count);
            var t = root * mean / Math.Sqrt(variance * Count / (Count - 1));
            return t + (skew * t * t / (3 * root)) + (skew * skew * t * t * t / (27 * Count)) + (skew / (6 * root));
        }
    }
}
