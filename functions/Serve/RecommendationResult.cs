using SasRec.Core.Events;

namespace SasRec.Functions.Serve;

/// <summary>What became of a request for recommendations.</summary>
abstract record RecommendationResult
{
    RecommendationResult()
    {
    }

    /// <summary>It was answered.</summary>
    public sealed record Slate(RecommendationResponse Response) : RecommendationResult;

    /// <summary>The model does not know the item to which others are to be similar.</summary>
    public sealed record UnknownItem(string ModelVersion) : RecommendationResult;

    /// <summary>The slate behind which this one is to stand cannot be found.</summary>
    public sealed record UnknownSlate : RecommendationResult;

    /// <summary>This instance has no model in memory.</summary>
    public sealed record NoModel : RecommendationResult;

    /// <summary>This instance has not read the rules yet, so an item might be shown that they withhold.</summary>
    public sealed record NoRules : RecommendationResult;

    /// <summary>This instance has not read the catalogue yet, so an item might be withheld.</summary>
    public sealed record NoCatalogue : RecommendationResult;
}

/// <summary>A slate that was logged, with the request that it answers.</summary>
/// <param name="Impression">The slate as it was logged.</param>
/// <param name="Known">The request, the user's taste and the rules.</param>
sealed record LoggedSlate(Impression Impression, KnownRequest Known);
