using System.Globalization;
using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.OffPolicy;

namespace SasRec.Core.Evaluate.Gate;

/// <summary>What the gate decided, and why.</summary>
/// <param name="Passed">Whether the challenger may go live.</param>
/// <param name="Reasons">One sentence for each thing looked at.</param>
/// <param name="Figures">The figures behind the reasons, by name, see <see cref="GateFigures"/>.</param>
/// <param name="IsAnchor">Whether the challenger takes the anchor's place.</param>
/// <param name="Regression">What got worse though fresher data may hide it, one sentence: somebody has to look. Null for nothing.</param>
public sealed record GateDecision(
    bool Passed, IReadOnlyList<string> Reasons, IReadOnlyDictionary<string, double> Figures, bool IsAnchor = false, string? Regression = null);

/// <summary>Lets a challenger go live only if the evidence says that it may: without evidence the champion stays.</summary>
/// <remarks>
/// <para>Popularity, of all time and of late, has to be beaten: the lower end of the paired interval of the difference in NDCG@10 is above 0.
/// The counts of item pairs, which the challenger holds as one of its parts, must not be surely better by more than the tolerance.</para>
/// <para>Of the champion it must be shown that the challenger is no worse by more than the tolerance, a share of the champion's metric. The
/// champion was trained on everything up to its publication, so both are asked about what users did later; with fewer than
/// <see cref="GateOptions.MinUsers"/> such users the champion stays.</para>
/// <para>Were that all, each model could be a little worse than the last (bio-creep, Everson-Stewart and Emerson 2010). So the same is asked
/// of the anchor: the last model that was surely better than the anchor before it (<see cref="GateOptions.AnchorConfidence"/>), and whose recipe was no worse. What successors lose
/// together stays within one tolerance of it.</para>
/// <para>The slates that the champion showed (<see cref="OffPolicyEvidence"/>) can only refuse: where the whole interval of the difference
/// in reward, with what the log cannot see, lies below minus the tolerance, a share of what the champion earned, the challenger is surely
/// worse, whatever the ranking says. Without support they decide nothing, and the verdict says so.</para>
/// <para>The recipe (<see cref="RecipeEvidence"/>) refuses nothing: a model of today's data may serve better although its network is
/// worse. But somebody has to look.</para>
/// </remarks>
public static class PromotionGate
{
    static readonly string Metric = FormattableString.Invariant($"NDCG@{MetricNames.K}");

    /// <summary>Decides.</summary>
    /// <param name="evidence">How the challenger and all that it is measured against answer the same cases.</param>
    /// <param name="options">How strict; null takes the defaults.</param>
    public static GateDecision Decide(GateEvidence evidence, GateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var verdict = new Verdict((options ?? new GateOptions()).Validated(), evidence.Challenger.Length);
        if (evidence.Champion is { } serving && evidence.Challenger.Length < verdict.Options.MinUsers)
        {
            verdict.Refuse(
                $"Too little evidence: {evidence.Challenger.Length:N0} users acted since {serving.Version} was trained, {verdict.Options.MinUsers:N0} are needed. {serving.Version} stays.");
        }
        else if (evidence.Challenger.Length == 0)
        {
            verdict.Refuse($"No user has acted on the three items that it takes to be asked about.");
        }
        else
        {
            verdict.Say($"Asked about {evidence.Asked}.");
            foreach (var (name, baseline) in evidence.Baselines)
            {
                verdict.CompareWithBaseline(name, evidence.Challenger, baseline);
            }
        }

        return verdict.Against(evidence);
    }

    /// <summary>A verdict while it is made.</summary>
    sealed class Verdict(GateOptions options, int users)
    {
        readonly List<string> reasons = [];
        readonly SortedDictionary<string, double> figures = new(StringComparer.Ordinal) { [GateFigures.Users] = users };
        bool passed = true;

        public GateOptions Options => options;

        public void Say(FormattableString reason) => reasons.Add(reason.ToString(CultureInfo.InvariantCulture));

        public void Refuse(FormattableString reason)
        {
            passed = false;
            Say(reason);
        }

        public void CompareWithBaseline(string name, double[] challenger, double[] baseline)
        {
            var found = PairedDifference.Of(challenger, baseline, options.Confidence);
            var (beaten, worse) = (found.Low > 0, found.High < -options.Tolerance * found.B);
            Note(name, found);
            passed &= name == MetricNames.Neighbours ? !worse : beaten;
            Tell(beaten ? "beats" : worse ? "is surely worse than" : "does not surely beat", name, found);
        }

        /// <summary>Compares with the models, the slates shown and the recipe, and ends.</summary>
        public GateDecision Against(GateEvidence evidence)
        {
            var better = true;
            if (evidence.Champion is null)
            {
                Say($"No model serves yet.");
            }
            else if (users >= options.MinUsers)
            {
                better = IsSurelyBetter(GateFigures.Champion, evidence.Challenger, evidence.Champion);
                better = evidence.Anchor is null ? better : IsSurelyBetter(GateFigures.Anchor, evidence.Challenger, evidence.Anchor);
            }

            if (evidence.Shown is { } shown)
            {
                AskSlates(shown);
            }

            var (regression, kept) = evidence.Recipe is { } recipe ? CompareRecipes(recipe) : (null, true);
            return new GateDecision(passed, reasons, figures, passed && better && kept, regression);
        }

        /// <summary>Refuses a challenger of which it is not shown that it is no worse; returns whether it is surely better.</summary>
        bool IsSurelyBetter(string name, double[] challenger, Incumbent model)
        {
            var found = PairedDifference.Relative(challenger, model.Ndcg, options.Confidence);
            var margin = options.Tolerance * found.B;
            var noWorse = found.Low >= -margin;
            Note(name, found);
            figures[GateFigures.Tolerance(name)] = margin;
            passed &= noWorse;
            Tell(noWorse ? "is no worse than" : "may be worse than", name == GateFigures.Champion ? model.Version : $"the anchor {model.Version}", found);
            return PairedDifference.Relative(challenger, model.Ndcg, options.AnchorConfidence).Low > 0;
        }

        /// <summary>What got worse, if anything, and whether it is shown that nothing did.</summary>
        (string? Regression, bool Kept) CompareRecipes(RecipeEvidence recipe)
        {
            var found = PairedDifference.Relative(recipe.Challenger, recipe.Anchor, options.Confidence);
            var margin = options.Tolerance * found.B;
            Note(GateFigures.Recipe, found);
            figures[GateFigures.UsersOf(GateFigures.Recipe)] = found.Users;
            if (!(found.High < -margin))
            {
                return (null, found.Low >= -margin);
            }

            Say($"The recipe has got worse, whatever newer data adds: on {found.Users:N0} users who did nothing since {recipe.Version} was trained the strict network has {Metric} {found.A:0.0000}, that of {recipe.Version} {found.B:0.0000}, difference {found.Difference:+0.0000;-0.0000}, interval {found.Low:+0.0000;-0.0000} to {found.High:+0.0000;-0.0000}.");
            return (reasons[^1], false);
        }

        void AskSlates(OffPolicyEvidence shown)
        {
            figures[GateFigures.ShownSlates] = shown.Seen;
            figures[GateFigures.ShownNotRebuilt] = shown.NotRebuilt;
            figures[GateFigures.ShownExact] = shown.Exact;
            foreach (var estimate in shown.Estimates)
            {
                var name = GateFigures.Shown(estimate.Estimator);
                Add(name, estimate.Value);
                Add(GateFigures.Low(name), estimate.Low);
                Add(GateFigures.High(name), estimate.High);
                Add(name + ".effectiveSlates", estimate.EffectiveSampleSize);
                Add(name + ".meanWeight", estimate.MeanWeight);
                Add(name + ".clipped", estimate.ClippedShare);
            }

            if (shown.Difference is { } difference)
            {
                figures[GateFigures.ShownChampion] = difference.Earned;
                figures[GateFigures.ShownUsers] = difference.Groups;
                figures[GateFigures.ShownUnseen] = difference.Unseen;
                Add(GateFigures.ShownDifference, difference.Value);
                Add(GateFigures.Low(GateFigures.ShownDifference), difference.Low);
                Add(GateFigures.High(GateFigures.ShownDifference), difference.High);
            }

            if (shown.NotEnoughSupport is not null || shown.Difference is not { } found)
            {
                Say($"The slates shown do not decide, {shown.NotEnoughSupport}.");
                return;
            }

            var margin = options.Tolerance * found.Earned;
            var worse = found.High + found.Unseen < -margin;
            figures[GateFigures.ShownTolerance] = margin;
            passed &= !worse;
            Say($"On {found.Slates:N0} slates shown to {found.Groups:N0} users, worth {shown.Estimates[0].EffectiveSampleSize:N0}, it {(worse ? "is surely worse" : "is not surely worse")}: {found.Earned + found.Value:0.0000} interactions a slate for {found.Earned:0.0000}, difference {found.Value:+0.0000;-0.0000}, interval {found.Low:+0.0000;-0.0000} to {found.High:+0.0000;-0.0000}, and at most {found.Unseen:0.0000} that the log cannot see.");
        }

        void Note(string name, PairedDifference found)
        {
            if (name != GateFigures.Recipe)
            {
                figures[GateFigures.Challenger] = found.A;
            }

            figures[name] = found.B;
            Add(GateFigures.Difference(name), found.Difference);
            Add(GateFigures.Low(name), found.Low);
            Add(GateFigures.High(name), found.High);
        }

        void Tell(string verb, string name, PairedDifference found) => Say(
            $"{Metric} {found.A:0.0000} {verb} {name} with {found.B:0.0000}: difference {found.Difference:+0.0000;-0.0000}, {options.Confidence:P0} interval {found.Low:+0.0000;-0.0000} to {found.High:+0.0000;-0.0000}, {found.Users:N0} users.");

        // JSON has no infinity, and a bound that is none says nothing.
        void Add(string name, double value)
        {
            if (double.IsFinite(value))
            {
                figures[name] = value;
            }
        }
    }
}
