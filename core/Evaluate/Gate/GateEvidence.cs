using SasRec.Core.Evaluate.OffPolicy;

namespace SasRec.Core.Evaluate.Gate;

/// <summary>What the gate decides by: how the challenger, and all that it is measured against, answer the same cases.</summary>
/// <remarks>Everything is asked as it would serve: with what is added to its scores, and with slates drawn by its own exploration.</remarks>
/// <param name="Asked">What the cases are, which completes "Asked about ...".</param>
/// <param name="Challenger">[cases]: NDCG@10 of the challenger.</param>
/// <param name="Baselines">[cases] of each baseline, by name.</param>
/// <param name="Champion">The model that serves; null where none does.</param>
/// <param name="Anchor">The model that none of its successors may fall behind; null where that is the champion, or no model serves.</param>
public sealed record GateEvidence(
    string Asked,
    double[] Challenger,
    IReadOnlyDictionary<string, double[]> Baselines,
    Incumbent? Champion = null,
    Incumbent? Anchor = null)
{
    /// <summary>What the slates that the champion showed say; null where they were not asked.</summary>
    public OffPolicyEvidence? Shown { get; init; }

    /// <summary>The recipes compared; null where they cannot be.</summary>
    public RecipeEvidence? Recipe { get; init; }

    /// <summary>Too few users to compare anything.</summary>
    /// <param name="champion">The version that serves.</param>
    /// <param name="users">How many users acted since it was trained.</param>
    public static GateEvidence TooFew(string champion, int users) =>
        new("", new double[users], new Dictionary<string, double[]>(), new Incumbent(champion, new double[users]));
}

/// <summary>A published model that a challenger must not fall behind.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Ndcg">[cases]: its NDCG@10.</param>
public sealed record Incumbent(string Version, double[] Ndcg);

/// <summary>Whether training makes worse networks than it did, on equal terms: fresher data cannot hide it.</summary>
/// <remarks>The strict networks of both models are asked about users who did nothing since the anchor was trained: neither was trained on
/// the answers, and the challenger gains nothing by knowing newer data of others.</remarks>
/// <param name="Version">The anchor, or the champion where it is the anchor.</param>
/// <param name="Challenger">[cases]: NDCG@10 of the challenger's strict network.</param>
/// <param name="Anchor">[cases]: of the anchor's.</param>
public sealed record RecipeEvidence(string Version, double[] Challenger, double[] Anchor);
