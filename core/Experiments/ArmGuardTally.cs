using SasRec.Core.Events;

namespace SasRec.Core.Experiments;

/// <summary>Counts what must not suffer from an arm, slate by slate. Memory grows with the items that were shown.</summary>
sealed class ArmGuardTally(ExperimentArm arm)
{
    // A guard speaks where it is sure to have seen enough, and where the difference matters.
    const long MinSlates = 200;

    readonly HashSet<string> items = new(StringComparer.Ordinal);
    readonly LatencyHistogram times = new();
    long slates;
    long empty;
    long otherModel;

    /// <summary>Counts a slate.</summary>
    public void Add(Impression impression)
    {
        slates++;
        empty += impression.Items.Count + (impression.Forced?.Count ?? 0) == 0 ? 1 : 0;
        otherModel += arm.ModelVersion is not null && arm.ModelVersion != impression.ModelVersion ? 1 : 0;
        foreach (var item in impression.Items)
        {
            items.Add(item.ItemId);
        }

        if (impression.Milliseconds is { } milliseconds)
        {
            times.Add(milliseconds);
        }
    }

    /// <summary>What was counted.</summary>
    public ArmGuards Build() => new(
        slates,
        slates == 0 ? null : empty / (double)slates,
        items.Count,
        times.Quantile(0.5),
        times.Quantile(0.95),
        arm.ModelVersion is null || slates == 0 ? null : otherModel / (double)slates);

    /// <summary>What an arm has made worse than the control, in words.</summary>
    public static IEnumerable<string> Warnings(ArmReport arm, ArmReport control)
    {
        var (guards, before) = (arm.Guards, control.Guards);
        if (guards.OtherModelShare > 0.01)
        {
            yield return FormattableString.Invariant(
                $"{guards.OtherModelShare:0.0%} of the slates of '{arm.Name}' were drawn by another model, because its own was not in memory: the difference looks smaller than it is.");
        }

        if (arm == control || guards.Slates < MinSlates || before.Slates < MinSlates)
        {
            yield break;
        }

        if (guards.EmptyShare > Math.Max(0.01, 2 * before.EmptyShare!.Value))
        {
            yield return FormattableString.Invariant($"{guards.EmptyShare:0.0%} of the slates of '{arm.Name}' are empty, {before.EmptyShare:0.0%} of '{control.Name}'.");
        }

        if (guards.P95Milliseconds > Math.Max(1.5 * (before.P95Milliseconds ?? double.MaxValue), 10))
        {
            yield return FormattableString.Invariant(
                $"One slate in twenty of '{arm.Name}' takes {guards.P95Milliseconds:F0} ms or more, of '{control.Name}' {before.P95Milliseconds:F0} ms.");
        }

        // With as many slates, half as many items: an arm of fewer slates shows fewer items by itself.
        if (guards.Items * 2 < before.Items && guards.Slates * 2 >= before.Slates)
        {
            yield return FormattableString.Invariant($"'{arm.Name}' shows {guards.Items} different items, '{control.Name}' {before.Items}.");
        }
    }
}
