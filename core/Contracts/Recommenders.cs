namespace SasRec.Core.Contracts;

/// <summary>The recommenders that can fill a slate, by the names that impressions and requests carry.</summary>
public static class Recommenders
{
    /// <summary>The SASRec network.</summary>
    public const string Sasrec = "sasrec";

    /// <summary>The most popular items; also the answer for users whose history the model does not know.</summary>
    public const string Popularity = "popularity";

    /// <summary>The items whose embeddings are most similar to the newest item of the history.</summary>
    public const string Similar = "similar";

    /// <summary>All of them, in the order in which shares are laid out.</summary>
    public static IReadOnlyList<string> All { get; } = [Sasrec, Popularity, Similar];
}
