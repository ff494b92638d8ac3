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

    /// <summary>The most popular items of all time.</summary>
    public const string PopularityOfAllTime = "popularity-all";

    /// <summary>The items that gained the most of late, against all time.</summary>
    public const string Trending = "trending";

    /// <summary>The items that users turned to together with one, by the counts of item pairs.</summary>
    public const string Together = "together";

    /// <summary>Those that can have a share, in the order in which shares are laid out.</summary>
    public static IReadOnlyList<string> All { get; } = [Sasrec, Popularity, Similar];

    /// <summary>Every name that an impression can carry.</summary>
    public static IReadOnlyList<string> Known { get; } = [.. All, PopularityOfAllTime, Trending, Together];
}
