using System.Globalization;
using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Evaluate.Ranking;

namespace SasRec.Core.Evaluate.Gate;

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

/// <summary>Lets a challenger go live only if it beats the popularity baselines and is no worse than the champion, asked and shown.</summary>
/// <remarks>
/// Popularity has to be beaten: the lower end of the paired bootstrap interval of the difference in NDCG@k is above 0. The counts of item
/// pairs, which the challenger holds as one of its parts, must not be surely better by more than the tolerance. Against the
/// champion that lower end must not be below minus the tolerance. A champion was trained on everything up to its publication, so it is
/// compared only on what users did later; where fewer than <see cref="GateOptions.MinUsers"/> did anything since, the evidence does not
/// suffice for a comparison, the verdict says so, and the baselines decide.
/// The slates that the champion served (<see cref="OffPolicyEvidence"/>) can only refuse: where the whole interval of the difference in reward,
/// with what the log cannot see, lies below minus the tolerance, here a share of what the champion earned, the challenger is surely worse,
/// whatever the ranking says.
/// Without support they decide nothing, and the verdict says so.
/// </remarks>
public static class PromotionGate
{
    /// <summary>Decides.</summary>
    /// <param name="challenger">The challenger on all cases.</param>
    /// <param name="baselines">The baselines on the same cases, by name.</param>
    /// <param name="champion">The comparison with the model that serves; null where none does.</param>
    /// <param name="options">How strict; null takes the defaults.</param>
    /// <param name="shown">What the champion's slates say; null where they were not asked.</param>
    public static GateDecision Decide(
        RankingReport challenger,
        IReadOnlyDictionary<string, RankingReport> baselines,
        ChampionComparison? champion,
        GateOptions? options = null,
        OffPolicyEvidence? shown = null)
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
            return new GateDecision(false, ["No user has acted on the three items that it takes to be asked about."], figures);
        }

        foreach (var (name, baseline) in baselines)
        {
            var difference = Compare(challenger, baseline, name, options, figures);
            var (beaten, worse) = (difference.Low > 0, difference.High < -options.Tolerance * baseline.Ndcg);
            passed &= name == MetricNames.Neighbours ? !worse : beaten;
            reasons.Add(Sentence(
                metric, challenger, baseline, name, difference, beaten ? "beats" : worse ? "is surely worse than" : "does not surely beat"));
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

        passed &= shown is null || IsNotSurelyWorse(shown, options, reasons, figures);
        return new GateDecision(passed, reasons, figures);
    }

    /// <summary>Whether the slates shown allow it; without support they do.</summary>
    static bool IsNotSurelyWorse(
        OffPolicyEvidence shown, GateOptions options, List<string> reasons, SortedDictionary<string, double> figures)
    {
        figures["shown.slates"] = shown.Seen;
        figures["shown.notRebuilt"] = shown.NotRebuilt;
        figures["shown.exact"] = shown.Exact;
        foreach (var estimate in shown.Estimates)
        {
            var name = "shown." + estimate.Estimator;
            Add(name, estimate.Value);
            Add(name + ".low", estimate.Low);
            Add(name + ".high", estimate.High);
            Add(name + ".effectiveSlates", estimate.EffectiveSampleSize);
            Add(name + ".meanWeight", estimate.MeanWeight);
            Add(name + ".clipped", estimate.ClippedShare);
        }

        if (shown.Difference is { } difference)
        {
            figures["shown.champion"] = difference.Earned;
            figures["shown.users"] = difference.Groups;
            figures["shown.difference.unseen"] = difference.Unseen;
            Add("shown.difference", difference.Value);
            Add("shown.difference.low", difference.Low);
            Add("shown.difference.high", difference.High);
        }

        if (shown.NotEnoughSupport is not null || shown.Difference is not { } found)
        {
            reasons.Add($"The slates shown do not decide, {shown.NotEnoughSupport}.");
            return true;
        }

        var margin = options.Tolerance * found.Earned;
        var worse = found.High + found.Unseen < -margin;
        figures["shown.tolerance"] = margin;
        reasons.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"On {found.Slates:N0} slates shown to {found.Groups:N0} users, worth {shown.Estimates[0].EffectiveSampleSize:N0}, it "
            + $"{(worse ? "is surely worse" : "is not surely worse")}: {found.Earned + found.Value:0.0000} interactions a slate "
            + $"for {found.Earned:0.0000}, difference {found.Value:+0.0000;-0.0000}, interval {found.Low:+0.0000;-0.0000} to {found.High:+0.0000;-0.0000}, and at most {found.Unseen:0.0000} that the log cannot see."));
        return !worse;

        // JSON has no infinity, and a bound that is none says nothing.
        void Add(string name, double value)
        {
            if (double.IsFinite(value))
            {
                figures[name] = value;
            }
        }
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
