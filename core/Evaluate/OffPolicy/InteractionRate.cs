using System.Globalization;

namespace SasRec.Core.Evaluate.OffPolicy;

/// <summary>P(interacted | was served) of one group of slots: an item, a rank, a placement, a recommender, a segment.</summary>
/// <param name="Served">How many slots.</param>
/// <param name="Interacted">How many of them led to an interaction.</param>
/// <param name="Plain">Interacted / served, as the policy happened to serve; NaN without slots.</param>
/// <param name="Value">The same weighed by 1 / propensity; NaN without slots.</param>
/// <param name="Low">The lower end of the weighed estimate's interval.</param>
/// <param name="High">Its upper end.</param>
/// <param name="EffectiveSampleSize">(Σw)² / Σw² (Kish 1965).</param>
/// <param name="NotEnoughSupport">Why the estimate is not to be believed; null where it is.</param>
public sealed record InteractionRate(
    int Served, int Interacted, double Plain, double Value, double Low, double High, double EffectiveSampleSize, string? NotEnoughSupport)
{
    /// <summary>Estimates the rate of one group.</summary>
    /// <remarks>
    /// Of an item: its rate had every slate put it at every slot where it did not stand above already with the same chance, so that an item
    /// that the policy shows only to its friends is not taken for one that everybody likes (Hájek 1971). The interval is Wilson's (1927) at the sample
    /// size that the weights leave: served slots over the design effect.
    /// </remarks>
    /// <param name="outcomes">The group's slots.</param>
    /// <param name="minEffectiveSampleSize">Below it the verdict is 'not enough support'.</param>
    /// <param name="confidence">The share of intervals that hold the true rate, above 0 and below 1.</param>
    /// <param name="opportunities">
    /// On how many slots the group might have been shown: of an item, those of slates for which it was eligible, down to its own. The weights
    /// add up to about as many, unless on some the policy gave it no chance (greedy slates); then the verdict is 'not enough support'
    /// too. Null does not ask.
    /// </param>
    public static InteractionRate Of(
        IEnumerable<ServedOutcome> outcomes,
        double minEffectiveSampleSize = 30,
        double confidence = 0.95,
        double? opportunities = null)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        var (served, interacted, sum, squares, hits, hitSquares) = (0, 0, 0.0, 0.0, 0.0, 0.0);
        foreach (var outcome in outcomes)
        {
            var weight = 1 / outcome.Item.Propensity;
            served++;
            sum += weight;
            squares += weight * weight;
            if (outcome.Interacted)
            {
                interacted++;
                hits += weight;
                hitSquares += weight * weight;
            }
        }

        var value = hits / sum;
        var size = served == 0 ? 0 : sum * sum / squares;

        // Variance of the ratio: Σ w² (c - rate)² / (Σw)². Where it vanishes (no interaction, or all) the Kish size stands in.
        var variance = (((1 - (2 * value)) * hitSquares) + (value * value * squares)) / (sum * sum);
        var equivalent = variance > 0 && value is > 0 and < 1 ? Math.Min(served, value * (1 - value) / variance) : size;
        var (low, high) = Wilson(value, equivalent, confidence);
        return new InteractionRate(
            served, interacted, interacted / (double)served, value, low, high, size, Verdict(size, minEffectiveSampleSize, sum, opportunities));
    }

    static string? Verdict(double size, double least, double sum, double? opportunities)
    {
        if (size < least)
        {
            return string.Create(CultureInfo.InvariantCulture, $"not enough support: worth {size:f0} slots, {least:f0} are needed");
        }

        return sum < opportunities / 2
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"not enough support: the weights stand for {sum:N0} of {opportunities:N0} slots, on the others it had no chance")
            : null;
    }

    /// <summary>Wilson's score interval of a proportion.</summary>
    /// <param name="rate">0 to 1.</param>
    /// <param name="size">How many trials, not necessarily whole; 0 gives [0, 1].</param>
    /// <param name="confidence">Above 0 and below 1.</param>
    public static (double Low, double High) Wilson(double rate, double size, double confidence = 0.95)
    {
        if (!(size > 0))
        {
            return (0, 1);
        }

        return WilsonAt(rate, size, NormalLaw.Quantile((1 + confidence) / 2));
    }

    /// <summary>The same with a quantile of one's own, for sizes above 0.</summary>
    internal static (double Low, double High) WilsonAt(double rate, double size, double z)
    {
        var shrink = 1 + (z * z / size);
        var middle = (rate + (z * z / (2 * size))) / shrink;
        var half = z * Math.Sqrt((rate * (1 - rate) / size) + (z * z / (4 * size * size))) / shrink;
        return (Math.Max(0, middle - half), Math.Min(1, middle + half));
    }
}
