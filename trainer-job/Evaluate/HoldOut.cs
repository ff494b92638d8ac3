using SasRec.Core.Sequences;

namespace SasRec.Trainer.Evaluate;

/// <summary>Which actions are held out for validation and test, and how many users are asked.</summary>
static class HoldOut
{
    /// <summary>More users make the choice of the epoch little surer and every epoch slower.</summary>
    public const int MaxValidationCases = 10_000;

    /// <summary>The metrics of this many users are within 0.001 of those of all; more only take time.</summary>
    const int MaxTestCases = 200_000;

    /// <summary>Holds out each user's last two actions; where there are very many users, only every n-th is a test case.</summary>
    /// <param name="whole">The dataset.</param>
    /// <param name="continued">See <see cref="LeaveOneOut.Of"/>.</param>
    public static LeaveOneOut Split(SequenceDataset whole, bool continued = false)
    {
        var split = LeaveOneOut.Of(whole, continued);
        return split with { Test = split.Test.AtMost(MaxTestCases) };
    }

    /// <summary>What is missing for a model to be trained and measured; null if nothing is.</summary>
    /// <param name="split">The data.</param>
    public static string? WhatIsMissing(LeaveOneOut split) =>
        split.Train.ItemCount == 0 ? "nothing in it is an action of a user"
        : split.Train.ItemCount == 1 ? "there is only one item"
        : split.Test.Count == 0 ? "no user has acted on three items"
        : !split.Test.Users.Any(user => split.Train.Length(user) >= 2) ? "no user has acted on four items"
        : null;
}
