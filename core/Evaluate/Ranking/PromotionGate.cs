using System.Globalization;

namespace SasRec.Core.Evaluate.Ranking;

/// <summary>When a new model may go live.</summary>
public sealed record GateOptions
{
    /// <summary>How sure the gate has to be, above 0.5, below 1: the confidence of each interval.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>How much worse than the champion is still no worse, as a share of the champion's metric, 0 to 1.</summary>
    public double Tolerance { get; init; } = 0.02;

    /// <summary>The fewest users on whom challenger and champion can be compared, 1 to 1,000,000.</summary>
    public int MinUsers { get; init; } = 100;

    /// <summary>How many samples the bootstrap draws, 100 to 100,000.</summary>
    public int Resamples { get; init; } = 1_000;

    /// <summary>The seed of the bootstrap.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public GateOptions Validated()
    {
        Require(nameof(Confidence), Confidence, Confidence is > 0.5 and < 1, "above 0.5, below 1");
        Require(nameof(Tolerance), Tolerance, Tolerance is >= 0 and <= 1, "0 to 1");
        Require(nameof(MinUsers), MinUsers, MinUsers is >= 1 and <= 1_000_000, "1 to 1,000,000");
        Require(nameof(Resamples), Resamples, Resamples is >= 100 and <= 100_000, "100 to 100,000");
        return this;

        static void Require(string name, object value, bool allowed, string range)
        {
            if (!allowed)
            {
                throw new ArgumentOutOfRangeException(name, value, $"{name} must be {range}.");
            }
        }
    }
}

/// <summary>What the gate decided, and why.</summary>
/// <param name="Passed">Whether the challenger may go live.</param>
/// <param name="Reasons">One sentence for each thing looked at.</param>
/// <param name="Figures">The figures behind the reasons, by name.</param>
public sealed record GateDecision(bool Passed, IReadOnlyList<string> Reasons, IReadOnlyDictionary<string, double> Figures);

/// <summary>The champion as seen by the gate.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Challenger">The challenger's ranking of the cases whose answers the champion cannot have been trained on.</param>
/// <param name="Champion">The champion's ranking of the same cases.</param>
public sealed record ChampionComparison(string Version, RankingReport Challenger, RankingReport Champion);

/// <summary>Lets a challenger go live only if it beats the popularity baselines and is no worse than the champion.</summary>
/// <remarks>
/// Each baseline has to be beaten: the lower end of the paired bootstrap interval of the difference in NDCG@k is above 0. Against the
/// champion that lower end must not be below minus the tolerance. A champion was trained on everything up to its publication, so it is
/// compared only on what users did later; where fewer than <see cref="GateOptions.MinUsers"/> did anything since, the evidence does not
/// suffice for a comparison, the verdict says so, and the baselines decide.
/// </remarks>
public static class PromotionGate
{
    /// <summary>Decides.</summary>
    /// <param name="challenger">The challenger on all cases.</param>
    /// <param name="baselines">The baselines on the same cases, by name.</param>
    /// <param name="champion">The comparison with the model that serves; null where none does.</param>
    /// <param name="options">How strict; null takes the defaults.</param>
    public static GateDecision Decide(
        RankingReport challenger,
        IReadOnlyDictionary<string, RankingReport> baselines,
        ChampionComparison? champion,
        GateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(challenger);
        ArgumentNullException.ThrowIfNull(baselines);
        options = (options ?? new GateOptions()).Validated();
        var (passed, reasons, figures) = (true, new List<string>(), new SortedDictionary<string, double>(StringComparer.Ordinal));
        var metric = string.Create(CultureInfo.InvariantCulture, $"NDCG@{challenger.K}");
        figures["challenger"] = challenger.Ndcg;
        figures["users"] = challenger.Cases;
        if (challenger.Cases == 0)
        {
            return new GateDecision(false, ["No user has the three actions that it takes to be asked about."], figures);
        }

        foreach (var (name, baseline) in baselines)
        {
            var difference = Compare(challenger, baseline, name, options, figures);
            var beaten = difference.Low > 0;
            passed &= beaten;
            reasons.Add(Sentence(metric, challenger, baseline, name, difference, beaten ? "beats" : "does not surely beat"));
        }

        if (champion is null)
        {
            reasons.Add("No model serves yet.");
        }
        else if (champion.Challenger.Cases < options.MinUsers)
        {
            figures["champion.users"] = champion.Challenger.Cases;
            reasons.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"Not enough evidence to compare with {champion.Version}: {champion.Challenger.Cases:N0} users acted since it was trained, "
                + $"{options.MinUsers:N0} are needed."));
        }
        else
        {
            var difference = Compare(champion.Challenger, champion.Champion, "champion", options, figures);
            var margin = options.Tolerance * champion.Champion.Ndcg;
            var noWorse = difference.Low >= -margin;
            figures["champion.tolerance"] = margin;
            passed &= noWorse;
            var verb = noWorse ? "is no worse than" : "may be worse than";
            reasons.Add(Sentence(metric, champion.Challenger, champion.Champion, champion.Version, difference, verb));
        }

        return new GateDecision(passed, reasons, figures);
    }

    static PairedBootstrap Compare(
        RankingReport challenger, RankingReport other, string name, GateOptions options, SortedDictionary<string, double> figures)
    {
        var difference = PairedBootstrap.Compare(
            challenger.NdcgByCase, other.NdcgByCase, options.Seed, options.Resamples, options.Confidence);
        figures[name] = other.Ndcg;
        figures[name + ".difference"] = difference.Difference;
        figures[name + ".low"] = difference.Low;
        figures[name + ".high"] = difference.High;
        figures[name + ".users"] = difference.Pairs;
        return difference;
    }

    static string Sentence(
        string metric, RankingReport challenger, RankingReport other, string name, PairedBootstrap difference, string verb) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{metric} {challenger.Ndcg:0.0000} {verb} {name} with {other.Ndcg:0.0000}: "
            + $"difference {difference.Difference:+0.0000;-0.0000}, {difference.Confidence:P0} interval "
            + $"{difference.Low:+0.0000;-0.0000} to {difference.High:+0.0000;-0.0000}, {difference.Pairs:N0} users.");
}
