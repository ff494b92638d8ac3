using System.Globalization;
using SasRec.Core.Evaluate.OffPolicy;

namespace SasRec.Core.Evaluate.Insights;

/// <summary>The sums behind one group's P(interacted | served): slates are added one by one, tallies are merged.</summary>
/// <remarks>
/// The slots of one slate are not independent, so variances are those of sums by slate: of a ratio r = Σh / Σw they are
/// Σ (h - r w)² / (Σw)², with h and w summed over the slate's slots first. Costs the same however many slates were added. Where few large
/// weights decide, that variance is itself uncertain: its degrees of freedom are 2n / (kurtosis of h - r w - 1) (Satterthwaite 1946), and
/// Student's quantile stands in for the normal one.
/// </remarks>
sealed class RateTally
{
    long served;
    long seen;
    long seenInteracted;
    long interacted;
    long clipped;
    double weight;
    double squares;
    double hits;
    double opportunities;

    // Σ over slates of products of the slate's sums: w of its weights, h of its weighed hits, n of its slots, c of its hits.
    long slates;
    double hhhh;
    double hhhw;
    double hhww;
    double hwww;
    double wwww;
    double ww;
    double wh;
    double hh;
    double nn;
    double nc;
    double cc;

    public long Served => served;

    public long Interacted => interacted;

    /// <summary>Adds what one slate has of the group.</summary>
    public void Add(in SlotSums slate)
    {
        served += slate.Served;
        seen += slate.Seen;
        seenInteracted += slate.SeenInteracted;
        interacted += slate.Interacted;
        clipped += slate.Clipped;
        weight += slate.Weight;
        squares += slate.Squares;
        hits += slate.Hits;
        opportunities += slate.Opportunities;
        var (w2, wh1, h2) = (slate.Weight * slate.Weight, slate.Weight * slate.Hits, slate.Hits * slate.Hits);
        slates++;
        ww += w2;
        wh += wh1;
        hh += h2;
        hhhh += h2 * h2;
        hhhw += h2 * wh1;
        hhww += h2 * w2;
        hwww += wh1 * w2;
        wwww += w2 * w2;
        nn += (double)slate.Served * slate.Served;
        nc += (double)slate.Served * slate.Interacted;
        cc += (double)slate.Interacted * slate.Interacted;
    }

    public void Add(RateTally other)
    {
        served += other.served;
        seen += other.seen;
        seenInteracted += other.seenInteracted;
        interacted += other.interacted;
        clipped += other.clipped;
        weight += other.weight;
        squares += other.squares;
        hits += other.hits;
        opportunities += other.opportunities;
        slates += other.slates;
        hhhh += other.hhhh;
        hhhw += other.hhhw;
        hhww += other.hhww;
        hwww += other.hwww;
        wwww += other.wwww;
        ww += other.ww;
        wh += other.wh;
        hh += other.hh;
        nn += other.nn;
        nc += other.nc;
        cc += other.cc;
    }

    /// <summary>The plain rate with its interval.</summary>
    public (double? Rate, double? Low, double? High) Plain(double confidence)
    {
        if (served == 0)
        {
            return default;
        }

        var rate = interacted / (double)served;
        var variance = (cc - (2 * rate * nc) + (rate * rate * nn)) / ((double)served * served);
        var (low, high) = Interval(rate, variance, served, NormalLaw.Quantile((1 + confidence) / 2));
        return (rate, low, high);
    }

    /// <summary>The group's figures.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="options">Confidence and the bar for support.</param>
    /// <param name="expected">
    /// What the weights would add up to had the group had its chance everywhere; null for the sum over its slots of the items that might
    /// have stood there.
    /// </param>
    public ServedRate Rate(string key, LedgerOptions options, double? expected = null)
    {
        var (plain, plainLow, plainHigh) = Plain(options.Confidence);
        var size = served == 0 ? 0 : weight * weight / squares;
        double? weighed = null, low = null, high = null;
        if (served > 0)
        {
            var rate = hits / weight;
            var squared = hh - (2 * rate * wh) + (rate * rate * ww);
            var quantile = NormalLaw.StudentQuantile((1 + options.Confidence) / 2, DegreesOfFreedom(rate, squared));
            (weighed, (low, high)) = (rate, Interval(rate, squared / (weight * weight), size, quantile));
        }

        var reason = Verdict(size, expected ?? opportunities, options);
        return new ServedRate(
            key,
            served,
            seen,
            interacted,
            plain,
            plainLow,
            plainHigh,
            served >= options.LeastSupport,
            seen == 0 ? null : seenInteracted / (double)seen,
            weighed,
            low,
            high,
            size,
            served == 0 ? 0 : clipped / (double)served,
            reason is null,
            reason);
    }

    /// <summary>Wilson's interval at the number of independent trials that would have the variance; where it vanishes, at a given one.</summary>
    (double Low, double High) Interval(double rate, double variance, double otherwise, double quantile)
    {
        var size = variance > 0 && rate is > 0 and < 1 ? Math.Min(served, rate * (1 - rate) / variance) : otherwise;
        return InteractionRate.WilsonAt(rate, size, quantile);
    }

    double DegreesOfFreedom(double rate, double squared)
    {
        if (squared <= 0)
        {
            return double.PositiveInfinity;
        }

        var fourth = hhhh - (4 * rate * hhhw) + (6 * rate * rate * hhww) - (4 * rate * rate * rate * hwww) + (rate * rate * rate * rate * wwww);
        return 2 * slates / Math.Max(1e-9, (slates * fourth / (squared * squared)) - 1);
    }

    string? Verdict(double size, double expected, LedgerOptions options) =>
        size < options.LeastSupport
            ? Text($"not enough support: worth {size:f0} slots, {options.LeastSupport:f0} are needed")
            : weight < expected / 2
                ? Text($"not enough support: the weights stand for {weight:f0} of {expected:f0}, so the log shows what the policy favours")
                : null;

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
