using SasRec.Core.Evaluate.OffPolicy;

namespace SasRec.Core.Evaluate.Gate;

/// <summary>How much higher one model's metric is than another's on the same users, with an interval.</summary>
/// <param name="Difference">The mean of a - b.</param>
/// <param name="Low">The interval's lower end; negative infinity for fewer than two users.</param>
/// <param name="High">The interval's upper end; positive infinity for fewer than two users.</param>
/// <param name="A">The mean of a.</param>
/// <param name="B">The mean of b.</param>
/// <param name="Users">How many users.</param>
readonly record struct PairedDifference(double Difference, double Low, double High, double A, double B, int Users)
{
    /// <summary>The difference as such: the interval of a mean that allows for skew, see <see cref="RatioEstimate"/>.</summary>
    public static PairedDifference Of(double[] a, double[] b, double confidence)
    {
        RequirePairs(a, b);
        var ones = new double[a.Length];
        Array.Fill(ones, 1);
        var found = RatioEstimate.Of([.. a.Zip(b, (x, y) => x - y)], ones, confidence);
        return new PairedDifference(found.Value, found.Low, found.High, Mean(a), Mean(b), a.Length);
    }

    /// <summary>The difference as a share of b, which has an error of its own: the interval holds every share s that Σ(a - (1 + s) b) does
    /// not refute (Fieller 1954). So <see cref="Low"/> is at least -t B if and only if a is surely within the tolerance t of b.</summary>
    public static PairedDifference Relative(double[] a, double[] b, double confidence)
    {
        RequirePairs(a, b);
        var (meanA, meanB) = (Mean(a), Mean(b));
        if (meanB == 0)
        {
            return Of(a, b, confidence);
        }

        var found = RatioEstimate.Of(a, b, confidence);
        return new PairedDifference(meanA - meanB, (found.Low - 1) * meanB, (found.High - 1) * meanB, meanA, meanB, a.Length);
    }

    static double Mean(double[] values) => values.DefaultIfEmpty(0).Average();

    static void RequirePairs(double[] a, double[] b)
    {
        if (a.Length != b.Length)
        {
            throw new ArgumentException($"There are {a.Length} and {b.Length} users; both must have the same.");
        }
    }
}
