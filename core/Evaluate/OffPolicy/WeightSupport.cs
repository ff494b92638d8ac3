using System.Globalization;

namespace SasRec.Core.Evaluate.OffPolicy;

/// <summary>Watches the weights of each slot go by: how many slates they are worth, and whether the log covers the policy at all.</summary>
sealed class WeightSupport(OffPolicyOptions options)
{
    // Beyond this many standard errors a mean weight that is not 1 is no accident.
    const double Sigmas = 4;

    readonly List<(int Count, double Sum, double Squares)> slots = [];
    int seen;
    int clipped;

    /// <summary>Takes note of a weight and returns it, cut if it is above the limit.</summary>
    public double Clipped(int slot, double weight)
    {
        seen++;
        clipped += weight > options.MaxWeight ? 1 : 0;
        weight = Math.Min(weight, options.MaxWeight);
        while (slots.Count <= slot)
        {
            slots.Add(default);
        }

        var (count, sum, squares) = slots[slot];
        slots[slot] = (count + 1, sum + weight, squares + (weight * weight));
        return weight;
    }

    public OffPolicyEstimate Estimate(string name, RatioEstimate ratio, int slates)
    {
        var (size, mean, error) = (double.PositiveInfinity, 1.0, 0.0);
        foreach (var (count, sum, squares) in slots)
        {
            size = Math.Min(size, squares > 0 ? sum * sum / squares : 0);
            if (Math.Abs((sum / count) - 1) >= Math.Abs(mean - 1))
            {
                mean = sum / count;
                error = Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean)) / count);
            }
        }

        size = slates == 0 ? 0 : size;
        var clippedShare = seen == 0 ? 0 : clipped / (double)seen;
        return new OffPolicyEstimate(
            name, ratio.Value, ratio.Low, ratio.High, size, mean, clippedShare, slates, Verdict(size, mean, error));
    }

    string? Verdict(double size, double mean, double error)
    {
        if (size < options.MinEffectiveSampleSize)
        {
            return Text($"not enough support: the weights are worth {size:f0} slates, {options.MinEffectiveSampleSize:f0} are needed");
        }

        if (mean + (Sigmas * error) < 1 - options.WeightTolerance)
        {
            return Text($"not enough support: the weights average {mean:f3}, so the log misses part of what the policy would show");
        }

        return mean - (Sigmas * error) > 1 + options.WeightTolerance
            ? Text($"not enough support: the weights average {mean:f3}, so the logged propensities are not those of the slates")
            : null;
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
