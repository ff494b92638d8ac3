using System.Text.Json.Serialization;

namespace SasRec.Core.Experiments;

/// <summary>What an experiment says so far. It may be looked at, and acted upon, at any time.</summary>
/// <param name="Experiment">Which.</param>
/// <param name="AsOf">Up to when the ledger was read.</param>
/// <param name="Complete">Whether that was all of it; else the time for a report ran out, and this is what was to be said at <paramref name="AsOf"/>.</param>
/// <param name="Confidence">The probability that none of the intervals ever misses its true value.</param>
/// <param name="UserSample">The share of the users who were looked at; below 1 where there are too many for memory.</param>
/// <param name="SampleRatio">The p-value of the arms' numbers of users under their shares; see <see cref="Experiments.SampleRatio"/>.</param>
/// <param name="Arms">The arms, the control first.</param>
/// <param name="Verdict">What is to be said in a few words.</param>
/// <param name="Warnings">What is wrong; empty for nothing.</param>
public sealed record ExperimentReport(
    string Experiment,
    DateTimeOffset AsOf,
    bool Complete,
    double Confidence,
    double UserSample,
    double SampleRatio,
    IReadOnlyList<ArmReport> Arms,
    string Verdict,
    IReadOnlyList<string> Warnings);

/// <summary>One arm.</summary>
/// <param name="Name">Which.</param>
/// <param name="Share">The probability that a user is in it.</param>
/// <param name="Users">How many users' windows have passed: those count.</param>
/// <param name="OpenUsers">How many have not yet.</param>
/// <param name="Acted">How many of the users acted on anything at all.</param>
/// <param name="Mean">Actions a user; null without users.</param>
/// <param name="Deviation">Their standard deviation; null with fewer than two users.</param>
/// <param name="Difference">This arm less the control; null for the control, and where there are too few users.</param>
/// <param name="Guards">What must not suffer.</param>
public sealed record ArmReport(
    string Name,
    double Share,
    long Users,
    long OpenUsers,
    long Acted,
    double? Mean,
    double? Deviation,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ArmDifference? Difference,
    ArmGuards Guards);

/// <summary>An arm less the control.</summary>
/// <param name="Value">Actions a user.</param>
/// <param name="Low">The lower end of the interval that holds at all times.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Relative">The difference as a share of the control's mean; null where that is 0.</param>
/// <param name="MoreUsers">How many more users the two arms need until a true difference of the experiment's effect is found with a probability of 80%; 0 for none, null where the control's mean is 0.</param>
public sealed record ArmDifference(double Value, double Low, double High, double? Relative, long? MoreUsers)
{
    /// <summary>Whether the arm is better than the control.</summary>
    [JsonIgnore]
    public bool Better => Low > 0;

    /// <summary>Whether the arm is worse than the control.</summary>
    [JsonIgnore]
    public bool Worse => High < 0;
}

/// <summary>What must not suffer from an arm.</summary>
/// <param name="Slates">How many slates were served.</param>
/// <param name="EmptyShare">The share of slates without an item; null without slates.</param>
/// <param name="Items">How many different items were shown.</param>
/// <param name="MedianMilliseconds">How long a slate took to be made; null where it was not measured.</param>
/// <param name="P95Milliseconds">The same of the slowest twentieth.</param>
/// <param name="OtherModelShare">The share of slates that another model drew than the arm's, while it was loaded; null where the arm has none of its own.</param>
public sealed record ArmGuards(
    long Slates,
    double? EmptyShare,
    int Items,
    double? MedianMilliseconds,
    double? P95Milliseconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? OtherModelShare);
