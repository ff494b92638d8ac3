using SasRec.Core.Explore;

namespace SasRec.Core.Evaluate.OffPolicy;

/// <summary>What the slates that a champion served say of a challenger: the gate's second kind of evidence.</summary>
/// <remarks>
/// Cascade doubly robust decides where it has support (see <see cref="PolicyDifference"/>): it needs only what the log has and assumes that
/// users read downwards; a model of the rewards, or their mean, as control variate makes it no worse. Its weights are products over the slots above.
/// Where they leave too little, item-position decides, whose weights are of one slot each: it assumes that what a user takes depends on the
/// item and its place alone (<see cref="SlotMarginals"/>). Whole-slate weights (ips, snips) assume the least and have no support on
/// slates of ten. Pseudo-inverse needs the chance of every pair of items in every pair of slots, which costs the catalogue squared.
/// </remarks>
/// <param name="Difference">Challenger less champion in reward a slate; null where there are no slates.</param>
/// <param name="Estimates">The challenger's value by every estimator that the log allows, the one that decides first.</param>
/// <param name="Seen">How many slates of the champion were looked at.</param>
/// <param name="NotRebuilt">Of them, how many were left out because the history that they were made for could not be rebuilt.</param>
/// <param name="Exact">Of those used, the share whose eligible items were rebuilt exactly.</param>
/// <param name="NotEnoughSupport">Why there is nothing to decide by; null where there is.</param>
public sealed record OffPolicyEvidence(
    PolicyDifference? Difference,
    IReadOnlyList<OffPolicyEstimate> Estimates,
    int Seen,
    int NotRebuilt,
    double Exact,
    string? NotEnoughSupport)
{
    /// <summary>Weights above this are cut: ten times what the log showed is the most that one slate may speak for.</summary>
    public const double MaxWeight = 10;

    /// <summary>How estimates are made for the gate.</summary>
    /// <remarks>Part of the challenger may be missing from the log, up to a fifth: <see cref="PolicyDifference.Unseen"/> stands for it.</remarks>
    public static OffPolicyOptions Options { get; } = new() { MaxWeight = MaxWeight, WeightTolerance = 0.2 };

    /// <summary>No evidence, and why.</summary>
    public static OffPolicyEvidence None(string reason, int seen = 0, int notRebuilt = 0) => new(null, [], seen, notRebuilt, 0, reason);

    /// <summary>Weighs slates.</summary>
    /// <param name="slates">Slates with the challenger's probabilities, each once.</param>
    /// <param name="users">[slates]: whose slate it was.</param>
    /// <param name="seen">How many slates were looked at.</param>
    /// <param name="notRebuilt">How many of them were left out.</param>
    /// <param name="exact">The share of those used that were rebuilt exactly.</param>
    /// <param name="options">Clipping, confidence and the bar for support; null takes <see cref="Options"/>.</param>
    public static OffPolicyEvidence Of(
        IReadOnlyList<LoggedSlate> slates, IReadOnlyList<string> users, int seen, int notRebuilt, double exact, OffPolicyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(slates);
        options ??= Options;
        if (slates.Count == 0)
        {
            return None("not enough support: there are no slates", seen, notRebuilt);
        }

        var means = PolicyDifference.MeanRewards(slates);
        var evaluator = new OffPolicyEvaluator([.. slates.Select(slate => Modelled(slate, means))], options);
        OffPolicyEstimate[] estimates = [evaluator.CascadeDoublyRobust(), evaluator.RewardInteraction(), evaluator.Snips(), evaluator.Ips()];
        var difference = PolicyDifference.Of(slates, users, options);
        int[] placed = [.. Enumerable.Range(0, slates.Count).Where(i => slates[i] is { LoggingMarginals: not null, TargetMarginals: not null })];
        if (placed.Length > 0)
        {
            LoggedSlate[] ofPlaced = [.. placed.Select(i => slates[i])];
            var position = new OffPolicyEvaluator(ofPlaced, options).ItemPosition();
            var decides = position.Supported && !estimates[0].Supported;
            estimates = decides ? [position, .. estimates] : [.. estimates, position];
            difference = decides ? PolicyDifference.Of(ofPlaced, [.. placed.Select(i => users[i])], options, byPosition: true) : difference;
        }

        var why = difference.Earned == 0 ? "not enough support: nobody acted on anything shown" : estimates[0].NotEnoughSupport;
        return new OffPolicyEvidence(difference, estimates, seen, notRebuilt, exact, why);
    }

    /// <summary>The slate with Q_s = m_s + b_s+1 + b_s+2 + ...: what the model of the rewards expects of this slot, b_s without one, and the
    /// mean rewards of those below.</summary>
    static LoggedSlate Modelled(LoggedSlate slate, double[] means)
    {
        var (predicted, underTarget) = (new double[slate.Slots], new double[slate.Slots]);
        var below = 0.0;
        for (var s = predicted.Length - 1; s >= 0; s--)
        {
            predicted[s] = (slate.Modelled?[s] ?? means[s]) + below;
            underTarget[s] = (slate.ModelledUnderTarget?[s] ?? means[s]) + below;
            below += means[s];
        }

        return slate with { Predicted = predicted, PredictedUnderTarget = underTarget };
    }
}
