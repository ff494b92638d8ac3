namespace SasRec.Core.Events;

/// <summary>What makes an impression acceptable that came by a queue.</summary>
public static class ImpressionRules
{
    const int MaxItems = 1000;

    /// <summary>What is wrong with an impression; null for nothing. It quotes nothing of it.</summary>
    /// <param name="impression">The impression.</param>
    /// <param name="now">The time.</param>
    public static string? WhatIsWrong(Impression impression, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(impression);
        return !InteractionRules.IsId(impression.RecommendationId) ? "recommendationId is no id"
            : impression.UserId is { } user && !InteractionRules.IsId(user) ? "userId is no id"
            : !InteractionRules.IsLabel(impression.Placement) ? "placement is no label"
            : !InteractionRules.IsLabel(impression.Recommender) ? "source is no label"
            : !InteractionRules.IsId(impression.ModelVersion) ? "modelVersion is no id"
            : !InteractionRules.IsTimestamp(impression.ServedAt, now) ? "servedAt is out of range"
            : impression.Items.Count + Forced(impression).Count > MaxItems ? $"items must be at most {MaxItems}"
            : impression.Items.Count + Forced(impression).Count == 0 && Experiments(impression).Count == 0 ? "items must be given, but in an experiment"
            : Experiments(impression).Any(arm => !InteractionRules.IsLabel(arm.Experiment) || !InteractionRules.IsLabel(arm.Arm)) ? "an experiment or its arm is no label"
            : impression.Items.Any(item => !InteractionRules.IsId(item.ItemId)) ? "an itemId is no id"
            : Forced(impression).Any(item => !InteractionRules.IsId(item.ItemId)) ? "a forced itemId is no id"
            : impression.Items.Any(item => item.Propensity is not (> 0 and <= 1)) ? "a propensity is not in (0, 1]"
            : null;
    }

    static IReadOnlyList<AssignedArm> Experiments(Impression impression) => impression.Experiments ?? [];

    static IReadOnlyList<ForcedItem> Forced(Impression impression) => impression.Forced ?? [];
}
