using SasRec.Core.Model;

namespace SasRec.Core.Evaluate.Ranking;

/// <summary>The mean difference of two metrics measured on the same users, with a percentile bootstrap interval (Efron, 1979).</summary>
/// <param name="Difference">Mean of a - b.</param>
/// <param name="Low">The interval's lower end.</param>
/// <param name="High">The interval's upper end.</param>
/// <param name="Confidence">What share of such intervals holds the true difference.</param>
/// <param name="Pairs">How many users were compared.</param>
public sealed record PairedBootstrap(double Difference, double Low, double High, double Confidence, int Pairs)
{
    /// <summary>Compares two metrics, user by user.</summary>
    /// <param name="a">[users].</param>
    /// <param name="b">[users]: the same users in the same order.</param>
    /// <param name="seed">The same seed gives the same interval.</param>
    /// <param name="resamples">How many samples with replacement are drawn, 100 to 100,000.</param>
    /// <param name="confidence">Above 0, below 1.</param>
    public static PairedBootstrap Compare(
        ReadOnlySpan<double> a, ReadOnlySpan<double> b, ulong seed, int resamples = 1_000, double confidence = 0.95)
    {
        if (a.Length != b.Length || a.Length == 0)
        {
            throw new ArgumentException($"There are {a.Length} and {b.Length} users; both must have the same, at least one.");
        }

        if (resamples is < 100 or > 100_000)
        {
            throw new ArgumentOutOfRangeException(nameof(resamples), resamples, "Resamples must be 100 to 100,000.");
        }

        if (confidence is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Confidence must be above 0 and below 1.");
        }

        var differences = new double[a.Length];
        for (var i = 0; i < differences.Length; i++)
        {
            differences[i] = a[i] - b[i];
        }

        var means = new double[resamples];
        Parallel.For(0, resamples, sample =>
        {
            var key = CounterRandom.Bits(seed, (ulong)sample);
            var sum = 0.0;
            for (var i = 0; i < differences.Length; i++)
            {
                sum += differences[CounterRandom.Below(key, (ulong)i, differences.Length)];
            }

            means[sample] = sum / differences.Length;
        });
        Array.Sort(means);
        var tail = (1 - confidence) / 2;
        return new PairedBootstrap(differences.Average(), Quantile(means, tail), Quantile(means, 1 - tail), confidence, differences.Length);
    }

    static double Quantile(double[] sorted, double q)
    {
        var place = q * (sorted.Length - 1);
        var below = (int)place;
        return below + 1 == sorted.Length ? sorted[below] : sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below]));
    }
}
