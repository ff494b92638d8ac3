using SasRec.Core.Contracts;
using SasRec.Core.Options;

namespace SasRec.Serving.Slates;

/// <summary>The share of users and days that each recommender gets; the rest is the network's.</summary>
sealed record RecommenderShares
{
    /// <summary>The share of users and days that get the popularity recommender.</summary>
    [Range(0, 1)]
    public double Popularity { get; init; }

    /// <summary>The share of users and days that get items similar to the newest one of the history.</summary>
    [Range(0, 1), WithinOne(nameof(Popularity))]
    public double Similar { get; init; }

    /// <summary>The share of a recommender by its name; 0 for an unknown name.</summary>
    public double Of(string recommender) => recommender switch
    {
        Recommenders.Sasrec => Math.Max(0, 1 - Popularity - Similar),
        Recommenders.Popularity => Popularity,
        Recommenders.Similar => Similar,
        _ => 0,
    };

    /// <summary>The recommenders with a share.</summary>
    public IReadOnlyList<string> Names => [.. Recommenders.All.Where(recommender => Of(recommender) > 0)];

    /// <summary>One recommender alone.</summary>
    public static RecommenderShares Only(string recommender) =>
        new() { Popularity = recommender == Recommenders.Popularity ? 1 : 0, Similar = recommender == Recommenders.Similar ? 1 : 0 };
}

/// <summary>A share that is at most 1 together with another one.</summary>
/// <param name="other">The other property.</param>
sealed class WithinOneAttribute(string other) : OptionRuleAttribute
{
    public override bool Allows(object value, object options) =>
        (double)value + (double)options.GetType().GetProperty(other)!.GetValue(options)! <= 1;

    public override string Text(object? options) => $"at most 1 together with {other}";
}
