using System.Globalization;

namespace SasRec.Core.Experiments;

/// <summary>Compares arms with the control, and says what follows in plain words.</summary>
public static class ExperimentVerdict
{
    /// <summary>The probability that any interval of an experiment ever misses its true value, over all arms and looks together: 5%.</summary>
    public const double Alpha = 0.05;

    /// <summary>How many users each arm must have before anything is said: below, the normal law does not hold.</summary>
    public const int MinUsers = 100;

    /// <summary>How many users of two arms must have acted before they are compared, for the same reason.</summary>
    public const int MinActed = 20;

    /// <summary>The number of users of two arms at which the intervals are as narrow as they can be.</summary>
    public const int NarrowestAt = 10_000;

    /// <summary>The report.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="sums">[arms]: the outcomes.</param>
    /// <param name="guards">[arms]: what must not suffer.</param>
    /// <param name="asOf">Up to when the ledger was read.</param>
    /// <param name="complete">Whether that was all of it.</param>
    /// <param name="sample">The share of the users who were looked at.</param>
    public static ExperimentReport Of(
        Experiment experiment, IReadOnlyList<ArmSums> sums, IReadOnlyList<ArmGuards> guards, DateTimeOffset asOf, bool complete = true, double sample = 1)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(sums);
        ArgumentNullException.ThrowIfNull(guards);

        // Bonferroni: several arms share the probability of a mistake.
        var sequence = new ConfidenceSequence(Alpha / (sums.Count - 1), NarrowestAt);
        ArmReport[] arms = [.. experiment.Arms.Select((arm, place) => new ArmReport(
            arm.Name,
            arm.Share,
            sums[place].Users,
            sums[place].Open,
            sums[place].Acted,
            Finite(sums[place].Mean),
            Finite(Math.Sqrt(sums[place].Variance)),
            place == 0 ? null : Difference(sums[place], sums[0], sequence, experiment.Effect),
            guards[place]))];
        var ratio = SampleRatio.PValue([.. arms.Select(arm => arm.Users + arm.OpenUsers)], [.. arms.Select(arm => arm.Share)]);
        string[] warnings = [.. Mismatch(arms, ratio), .. arms.SelectMany(arm => ArmGuardTally.Warnings(arm, arms[0]))];
        var verdict = ratio < SampleRatio.Alarm ? "No verdict: the arms do not have the users that their shares give them."
            : string.Join(' ', arms.Skip(1).Select(arm => Words(arm, arms[0], experiment.Effect)));
        return new ExperimentReport(experiment.Id, asOf, complete, 1 - Alpha, sample, ratio, arms, verdict, warnings);
    }

    static ArmDifference? Difference(ArmSums arm, ArmSums control, ConfidenceSequence sequence, double effect)
    {
        if (Math.Min(arm.Users, control.Users) < MinUsers || arm.Acted + control.Acted < MinActed)
        {
            return null;
        }

        var (users, value) = (arm.Users + control.Users, arm.Mean - control.Mean);
        var error = Math.Sqrt((Spread(arm) / arm.Users) + (Spread(control) / control.Users));
        var reach = sequence.Reach(users) * error;
        return control.Mean > 0
            ? new ArmDifference(value, value - reach, value + reach, value / control.Mean, sequence.MoreNeeded(users, error, effect * control.Mean))
            : new ArmDifference(value, value - reach, value + reach, null, null);
    }

    /// <summary>The variance as if one more user had acted once more or less than the mean: of an arm in which nobody has acted yet it is not 0.</summary>
    static double Spread(ArmSums arm) => ((arm.Variance * (arm.Users - 1)) + 1) / arm.Users;

    static IEnumerable<string> Mismatch(ArmReport[] arms, double ratio)
    {
        if (ratio < SampleRatio.Alarm)
        {
            var found = string.Join(", ", arms.Select(arm => string.Create(CultureInfo.InvariantCulture, $"{arm.Users + arm.OpenUsers:N0} of '{arm.Name}' ({arm.Share:0%})")));
            yield return string.Create(
                CultureInfo.InvariantCulture, $"The numbers of users do not fit the shares (p = {ratio:G2}): {found}. The assignment or the log is broken.");
        }
    }

    static string Words(ArmReport arm, ArmReport control, double effect)
    {
        if (arm.Difference is not { } found)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"Too early to compare {arm.Name} with {control.Name}: it takes {MinUsers} users in each whose window has passed, and {MinActed} who acted; there are {arm.Users:N0} and {control.Users:N0}, of whom {arm.Acted + control.Acted:N0} acted.");
        }

        return ComparisonWords.Of(arm.Name, control.Name, found, "actions a user", control.Mean!.Value, effect);
    }

    static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
