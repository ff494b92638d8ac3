using SasRec.Core.Events;
using SasRec.Core.Experiments;
using SasRec.Core.Rules;
using SasRec.Storage.Experiments;

namespace SasRec.Serving.Slates;

/// <summary>What the experiments make of one request. What is null stays as it is without them.</summary>
sealed record ArmSetting
{
    /// <summary>No experiment.</summary>
    public static ArmSetting None { get; } = new();

    /// <summary>The arms of running experiments that the user is in.</summary>
    public IReadOnlyList<AssignedArm> Assigned { get; init; } = [];

    /// <summary>The model.</summary>
    public string? ModelVersion { get; init; }

    /// <summary>The recommender.</summary>
    public string? Recommender { get; init; }

    /// <summary>The share of the greedy list's value that may be spent.</summary>
    public double? Exploration { get; init; }

    /// <summary>The temperature.</summary>
    public double? Temperature { get; init; }

    /// <summary>The uniform share of each slot.</summary>
    public double? Epsilon { get; init; }

    /// <summary>Rules beside those of the placement.</summary>
    public SlateRules Rules { get; init; } = SlateRules.None;

    /// <summary>The experiment whose arms differ in the recommender, which decides with what probability a recommender answers; null for none.</summary>
    public Experiment? RecommenderExperiment { get; init; }

    /// <summary>The recommender of users who are in none of its arms, or in one that names none; null for the placement's.</summary>
    public string? OtherRecommender { get; init; }

    /// <summary>The setting of a request.</summary>
    /// <remarks>A user is assigned by the hash. A request without a user is not part, and neither is one that says itself what the arms of an
    /// experiment differ in: no arm would change it.</remarks>
    /// <param name="book">The experiments.</param>
    /// <param name="placement">Where the slate is shown.</param>
    /// <param name="userId">Whom it is for; null for nobody in particular.</param>
    /// <param name="decided">What the request says itself.</param>
    public static ArmSetting Of(ExperimentBook book, string placement, string? userId, ArmChanges decided)
    {
        if (book.Experiments.Count == 0)
        {
            return None;
        }

        var setting = None;
        foreach (var shipped in book.Experiments.Where(stored => stored.State == ExperimentState.Shipped && At(stored.Experiment)).Reverse())
        {
            setting = setting.With(shipped.Experiment.Arm(shipped.ShippedArm!)!, decided);
        }

        setting = setting with { OtherRecommender = setting.Recommender };
        var running = userId is null ? [] : book.Running.Where(stored => At(stored.Experiment) && (stored.Experiment.Changes & decided) == ArmChanges.None);
        foreach (var experiment in running.Select(stored => stored.Experiment))
        {
            if (experiment.Changes.HasFlag(ArmChanges.Recommender))
            {
                setting = setting with { RecommenderExperiment = experiment };
            }

            if (ArmAssignment.Of(experiment, userId!) is { } arm)
            {
                setting = setting.With(arm, ArmChanges.None) with
                {
                    ModelVersion = arm.ModelVersion ?? setting.ModelVersion,
                    Rules = arm.Rules is { } rules ? setting.Rules.With(rules) : setting.Rules,
                    Assigned = [.. setting.Assigned, new AssignedArm(experiment.Id, arm.Name)],
                };
            }
        }

        return setting;

        bool At(Experiment experiment) => experiment.Placement is null || experiment.Placement == placement;
    }

    /// <summary>The policy and the recommender of an arm; its model and its rules are shipped to where models and rules are.</summary>
    ArmSetting With(ExperimentArm arm, ArmChanges decided)
    {
        var policy = (decided & ArmChanges.Policy) == ArmChanges.None;
        var sharpness = policy && (arm.Exploration is not null || arm.Temperature is not null);
        return this with
        {
            Recommender = (decided & ArmChanges.Recommender) == ArmChanges.None ? arm.Recommender ?? Recommender : Recommender,
            Exploration = sharpness ? arm.Exploration : Exploration,
            Temperature = sharpness ? arm.Temperature : Temperature,
            Epsilon = policy ? arm.Epsilon ?? Epsilon : Epsilon,
        };
    }
}
