using System.Globalization;
using SasRec.Core.Evaluate.OffPolicy;

namespace SasRec.Core.Evaluate.Insights;

/// <summary>The sums behind one group's P(interacted | served): slates are added one by one, tallies are merged.</summary>
/// <remarks>
/// The slots of one slate, and the slates of one user, are not independent. So variances are those of sums by user: of a ratio r = Σh / Σw
/// they are Σ (h - r w)² / (Σw)², with h and w summed over a user's slots first (the cluster-robust variance). Users are put into
/// <see cref="UserGroups"/> groups by a hash of their ids, and the sums are kept by group: users being independent, so are groups, and memory
/// does not grow with users. With G groups that variance has about G - 1 degrees of freedom, fewer where few large weights decide:
/// 2 G / (kurtosis of h - r w - 1) (Satterthwaite 1946). Student's quantile allows for it.
/// </remarks>
sealed class RateTally
{
    /// <summary>So many groups of users are told apart.</summary>
    public const int UserGroups = 64;

    // The weights of a slot add up to the number of items that had a chance there; a greedy log has 1.
    const int MinChoices = 2;

    readonly UserSums[] users = new UserSums[UserGroups];
    long served;
    long seen;
    long seenInteracted;
    long interacted;
    long clipped;
    double weight;
    double squares;
    double hits;

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
        users[slate.UserGroup] += new UserSums(slate.Weight, slate.Hits, slate.Served, slate.Interacted);
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
        for (var group = 0; group < UserGroups; group++)
        {
            users[group] += other.users[group];
        }
    }

    /// <summary>The plain rate with its interval.</summary>
    public (double? Rate, double? Low, double? High) Plain(double confidence)
    {
        if (served == 0)
        {
            return default;
        }

        var rate = interacted / (double)served;
        var (variance, quantile) = Spread(group => group.Interacted - (rate * group.Served), served, confidence);
        var (low, high) = Interval(rate, variance, served, quantile);
        return (rate, low, high);
    }

    /// <summary>The group's figures.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="options">Confidence and the bar for support.</param>
    /// <param name="expected">
    /// What the weights would add up to had the item had its chance everywhere; null for a group of many items. Of such a group the weighed
    /// rate is that of the items that the policy gave a chance, each counting alike down to a chance of one in the largest weight, and in
    /// proportion to its chance below: that takes no item that has none.
    /// </param>
    public ServedRate Rate(string key, LedgerOptions options, double? expected = null)
    {
        var (plain, plainLow, plainHigh) = Plain(options.Confidence);
        var size = served == 0 ? 0 : weight * weight / squares;
        double? weighed = null, low = null, high = null;
        if (served > 0)
        {
            var rate = hits / weight;
            var (variance, quantile) = Spread(group => group.Hits - (rate * group.Weight), weight, options.Confidence);
            (weighed, (low, high)) = (rate, Interval(rate, variance, size, quantile));
        }

        var reason = Verdict(size, expected, options);
        return new ServedRate(
            key,
            served,
            seen,
            interacted,
            plain,
            plainLow,
            plainHigh,
            served >= options.MinEffectiveSampleSize,
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

    /// <summary>The variance of a ratio of sums over users, from what each group of users leaves of it, and the quantile for its interval.</summary>
    (double Variance, double Quantile) Spread(Func<UserSums, double> residual, double total, double confidence)
    {
        var (groups, second, fourth) = (0, 0.0, 0.0);
        foreach (var group in users)
        {
            if (group.Served > 0)
            {
                var square = Math.Pow(residual(group), 2);
                (groups, second, fourth) = (groups + 1, second + square, fourth + (square * square));
            }
        }

        // One group alone says nothing of how much users differ: as good as no trial.
        if (groups < 2 || second <= 0)
        {
            return (groups < 2 ? 1 : 0, NormalLaw.Quantile((1 + confidence) / 2));
        }

        var kurtosis = groups * fourth / (second * second);
        var freedom = Math.Min(groups - 1, 2 * groups / Math.Max(1e-9, kurtosis - 1));
        return (second / (total * total) * groups / (groups - 1), NormalLaw.StudentQuantile((1 + confidence) / 2, freedom));
    }

    string? Verdict(double size, double? expected, LedgerOptions options) =>
        size < options.MinEffectiveSampleSize
            ? Text($"not enough support: worth {size:f0} slots, {options.MinEffectiveSampleSize:f0} are needed")
        : expected is null && weight < MinChoices * served
            ? Text($"not enough support: the log shows {weight / served:f1} different items for a slot, {MinChoices} are needed to tell items from the policy's choice of them")
        : weight < expected / 2
            ? Text($"not enough support: the weights stand for {weight:N0} of {expected:N0}, so the log shows what the policy favours")
            : null;

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What one group of users adds to a rate.</summary>
readonly record struct UserSums(double Weight, double Hits, long Served, long Interacted)
{
    public static UserSums operator +(UserSums a, UserSums b) =>
        new(a.Weight + b.Weight, a.Hits + b.Hits, a.Served + b.Served, a.Interacted + b.Interacted);
}
