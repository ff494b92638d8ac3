using System.Text.Json.Serialization;
using SasRec.Core.Rules;

namespace SasRec.Core.Experiments;

/// <summary>A controlled experiment: users are assigned to arms, and each arm changes something of how slates are made.</summary>
public sealed record Experiment
{
    /// <summary>The most arms, 10.</summary>
    public const int MaxArms = 10;

    /// <summary>The longest window, 90 days in seconds.</summary>
    public const int MaxWindowSeconds = 90 * 86_400;

    /// <summary>What it is called; also the key of the assignment, so another id is another assignment.</summary>
    public required string Id { get; init; }

    /// <summary>The only placement at which it runs; null for all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Placement { get; init; }

    /// <summary>For how long after a user's first slate what they do counts, in seconds, 1 to <see cref="MaxWindowSeconds"/>. A user is looked at when it has passed.</summary>
    public int WindowSeconds { get; init; } = 86_400;

    /// <summary>The difference that matters, as a share of the control's mean, 0.001 to 10: how many users are still needed is told for it.</summary>
    public double Effect { get; init; } = 0.05;

    /// <summary>2 to <see cref="MaxArms"/> arms with names of their own; the first is the control. Their shares add up to 1 at most; the other users are not part.</summary>
    public required IReadOnlyList<ExperimentArm> Arms { get; init; }

    /// <summary><see cref="WindowSeconds"/> as a span.</summary>
    [JsonIgnore]
    public TimeSpan Window => TimeSpan.FromSeconds(WindowSeconds);

    /// <summary>What any of its arms changes.</summary>
    [JsonIgnore]
    public ArmChanges Changes => Arms.Aggregate(ArmChanges.None, (changes, arm) => changes | arm.Changes);

    /// <summary>The model versions that its arms name.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Models => [.. Arms.Select(arm => arm.ModelVersion).OfType<string>().Distinct()];

    /// <summary>Whether both would change the same for the same slate, so that one would hide the other.</summary>
    public bool Collides(Experiment other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Changes & other.Changes) != ArmChanges.None && (Placement is null || other.Placement is null || Placement == other.Placement);
    }

    /// <summary>The arm of a name; null where there is none.</summary>
    public ExperimentArm? Arm(string name) => Arms.FirstOrDefault(arm => arm.Name == name);
}

/// <summary>One arm: the share of the users who are in it, and what is different for them. What is null stays as it is without the experiment.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Share">The probability that a user is in it: above 0, at most 1.</param>
public sealed record ExperimentArm(string Name, double Share)
{
    /// <summary>The model that serves.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ModelVersion { get; init; }

    /// <summary>The recommender, one of <see cref="Contracts.Recommenders.All"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Recommender { get; init; }

    /// <summary>The share of the greedy list's value that may be spent, 0 to 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Exploration { get; init; }

    /// <summary>In place of an exploration: the temperature of every slot.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Temperature { get; init; }

    /// <summary>The uniform share of each slot, 0 to 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Epsilon { get; init; }

    /// <summary>Rules beside those of the placement.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SlateRules? Rules { get; init; }

    /// <summary>What it changes.</summary>
    [JsonIgnore]
    public ArmChanges Changes =>
        (ModelVersion is null ? ArmChanges.None : ArmChanges.Model)
        | (Recommender is null ? ArmChanges.None : ArmChanges.Recommender)
        | (Exploration is null && Temperature is null && Epsilon is null ? ArmChanges.None : ArmChanges.Policy)
        | (Rules is null ? ArmChanges.None : ArmChanges.Rules);
}

/// <summary>What an arm may change.</summary>
[Flags]
public enum ArmChanges
{
    /// <summary>Nothing: a control, or both arms of an A/A test.</summary>
    None = 0,

    /// <summary>The model.</summary>
    Model = 1,

    /// <summary>How slates are drawn.</summary>
    Policy = 2,

    /// <summary>Which recommender scores.</summary>
    Recommender = 4,

    /// <summary>The rules.</summary>
    Rules = 8,
}
