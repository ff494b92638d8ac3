using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Events;
using SasRec.Core.Experiments;
using SasRec.Functions.Inference;
using SasRec.Storage.Models;

namespace SasRec.Functions.Shadow;

/// <summary>How the shadow fares.</summary>
/// <param name="Shadow">Which model it is, since when and why; null where there was never one.</param>
/// <param name="Here">The shadow on the instance that answers.</param>
/// <param name="Evidence">What it made of live traffic, on all instances; null where there is no shadow.</param>
sealed record ShadowReport(ShadowPointer? Shadow, ShadowInstance Here, ShadowFindings? Evidence);

/// <summary>The shadow on one instance, since the instance started.</summary>
/// <param name="Version">The version in memory; null for none.</param>
/// <param name="Bytes">About how much memory it takes on this instance.</param>
/// <param name="Scored">How many slates it scored.</param>
/// <param name="Dropped">How many were dropped because it was busy.</param>
/// <param name="Failed">How many could not be scored or stored.</param>
/// <param name="Failure">Why the shadow is not in memory; null where it is.</param>
sealed record ShadowInstance(string? Version, long Bytes, long Scored, long Dropped, long Failed, string? Failure)
{
    public static ShadowInstance Of(ModelSlot slot, ShadowCounts counts)
    {
        using var lease = slot.TryLease();
        return new ShadowInstance(
            lease?.Model.Version, lease?.Model.Bytes ?? 0, counts.Scored, counts.Dropped, counts.Failed, slot.State.Failure);
    }
}

/// <summary>What a shadow made of the newest slates.</summary>
/// <param name="Slates">How many slates it scored.</param>
/// <param name="Agreement">The mean share of a slate that it would have among its own highest; null without slates.</param>
/// <param name="MedianMilliseconds">How long it took to score a slate; null without slates.</param>
/// <param name="P99Milliseconds">The same of the slowest hundredth.</param>
/// <param name="Difference">Shadow less champion in interactions a slate; null without slates.</param>
/// <param name="Verdict">What that says in a few words; null without support.</param>
/// <param name="Estimates">What a slate would earn under the shadow, by estimator, the one that decides first.</param>
/// <param name="NotEnoughSupport">Why this is not to be believed; null where it is.</param>
sealed record ShadowFindings(
    int Slates,
    double? Agreement,
    double? MedianMilliseconds,
    double? P99Milliseconds,
    ShadowDifference? Difference,
    string? Verdict,
    IReadOnlyList<ShadowEstimate> Estimates,
    string? NotEnoughSupport)
{
    // A report is read whenever somebody likes: the interval holds at all times, as those of experiments do.
    static readonly ConfidenceSequence AtAllTimes = new(ExperimentVerdict.Alpha, ExperimentVerdict.NarrowestAt);

    // The difference that matters, as a share of what slates earn.
    const double Effect = 0.05;

    /// <summary>Weighs slates, of which those count that this shadow scored and that the network drew.</summary>
    public static ShadowFindings Of(IEnumerable<ServedSlate> slates, string version, LedgerOptions ledger)
    {
        var scored = slates.Where(slate => slate.Shadow?.Version == version && slate.Impression.Recommender == Recommenders.Sasrec
            && slate.Shadow.Target.Length == slate.Impression.Items.Count).ToArray();
        if (scored.Length == 0)
        {
            return new ShadowFindings(0, null, null, null, null, null, [], "not enough support: there are no slates");
        }

        string[] users = [.. scored.Select(slate => slate.Impression.UserId ?? slate.Impression.RecommendationId)];
        var evidence = OffPolicyEvidence.Of(
            [.. scored.Select(slate => new LoggedSlate
            {
                Rewards = [.. SlateOutcome.Of(slate, ledger).Interacted.Select(interacted => interacted ? 1.0 : 0)],
                Logging = [.. slate.Impression.Items.Select(item => item.Propensity)],
                Target = slate.Shadow!.Target,
            })],
            users,
            scored.Length,
            notRebuilt: 0,
            exact: 1,
            OffPolicyEvidence.Options with { Confidence = AtAllTimes.SingleLook(users.Distinct(StringComparer.Ordinal).Count()) });
        var times = scored.Select(slate => slate.Shadow!.Milliseconds).Order().ToArray();
        return new ShadowFindings(
            scored.Length,
            scored.Average(slate => slate.Shadow!.Agreement),
            times[times.Length / 2],
            times[(int)((times.Length - 1) * 0.99)],
            evidence.Difference is { } found
                ? new ShadowDifference(found.Earned, found.Value, Finite(found.Low), Finite(found.High), found.Unseen, found.Groups)
                : null,
            evidence is { NotEnoughSupport: null, Difference: { } known } ? Words(version, known) : null,
            [.. evidence.Estimates.Select(e => new ShadowEstimate(
                e.Estimator, Finite(e.Value), Finite(e.Low), Finite(e.High), e.EffectiveSampleSize, e.MeanWeight, e.ClippedShare))],
            evidence.NotEnoughSupport);

        // JSON has no infinity: a bound that is none is null.
        static double? Finite(double value) => double.IsFinite(value) ? value : null;
    }

    static string Words(string version, PolicyDifference found)
    {
        var error = (found.High - found.Low) / (2 * AtAllTimes.Reach(found.Groups));
        long? more = double.IsFinite(error) ? AtAllTimes.MoreNeeded(found.Groups, error, Effect * found.Earned) : null;
        return ComparisonWords.Of(
            version, "the model that serves", new ArmDifference(found.Value, found.Low, found.High, found.Value / found.Earned, more),
            "interactions a slate", found.Earned, Effect);
    }
}

/// <summary>Shadow less champion, paired on the same slates.</summary>
/// <param name="Earned">Interactions a slate as served.</param>
/// <param name="Value">The difference.</param>
/// <param name="Low">The lower end of the 95% interval that holds at all times.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Unseen">What the log cannot see could add at most.</param>
/// <param name="Users">Of how many users the slates are.</param>
sealed record ShadowDifference(double Earned, double Value, double? Low, double? High, double Unseen, int Users);

/// <summary>One estimate of what a slate would earn.</summary>
sealed record ShadowEstimate(
    string Estimator, double? Value, double? Low, double? High, double EffectiveSampleSize, double MeanWeight, double ClippedShare);
