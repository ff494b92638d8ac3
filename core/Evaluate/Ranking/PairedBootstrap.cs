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
        RequirePairs(a, b);
        var differences = new double[a.Length];
        for (var i = 0; i < differences.Length; i++)
        {
            differences[i] = a[i] - b[i];
        }

        return Of(a.Length, user => (differences[user], 1), seed, resamples, confidence);
    }

    /// <summary>Compares two metrics by the ratio of their means: <see cref="Difference"/>, <see cref="Low"/> and <see cref="High"/> are
    /// ratios then.</summary>
    /// <param name="a">[users], 0 or more.</param>
    /// <param name="b">[users]: the same users in the same order, 0 or more; the ratio is infinite where all of them are 0.</param>
    /// <param name="seed">As in <see cref="Compare"/>.</param>
    /// <param name="resamples">As in <see cref="Compare"/>.</param>
    /// <param name="confidence">As in <see cref="Compare"/>.</param>
    public static PairedBootstrap Ratio(
        ReadOnlySpan<double> a, ReadOnlySpan<double> b, ulong seed, int resamples = 1_000, double confidence = 0.95)
    {
        RequirePairs(a, b);
        var (above, below) = (a.ToArray(), b.ToArray());
        return Of(a.Length, user => (above[user], below[user]), seed, resamples, confidence);
    }

    /// <summary>The ratio of two sums over users, and over samples of them.</summary>
    static PairedBootstrap Of(int users, Func<int, (double Above, double Below)> terms, ulong seed, int resamples, double confidence)
    {
        if (resamples is < 100 or > 100_000)
        {
            throw new ArgumentOutOfRangeException(nameof(resamples), resamples, "Resamples must be 100 to 100,000.");
        }

        if (confidence is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Confidence must be above 0 and below 1.");
        }

        var ratios = new double[resamples];
        Parallel.For(0, resamples, sample =>
        {
            var key = CounterRandom.Bits(seed, (ulong)sample);
            ratios[sample] = RatioOf(place => CounterRandom.Below(key, (ulong)place, users));
        });
        Array.Sort(ratios);
        var tail = (1 - confidence) / 2;
        return new PairedBootstrap(RatioOf(place => place), Quantile(ratios, tail), Quantile(ratios, 1 - tail), confidence, users);

        double RatioOf(Func<int, int> userAt)
        {
            var (above, below) = (0.0, 0.0);
            for (var place = 0; place < users; place++)
            {
                var (a, b) = terms(userAt(place));
                (above, below) = (above + a, below + b);
            }

            return above / below;
        }
    }

    static void RequirePairs(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (a.Length != b.Length || a.Length == 0)
        {
            throw new ArgumentException($"There are {a.Length} and {b.Length} users; both must have the same, at least one.");
        }
    }

    static double Quantile(double[] sorted, double q)
    {
        var place = q * (sorted.Length - 1);
        var below = (int)place;
        return below + 1 == sorted.Length ? sorted[below] : sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below]));
    }
}
