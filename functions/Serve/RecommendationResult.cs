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

    /// <summary>This instance has no model in memory.</summary>
    public sealed record NoModel : RecommendationResult;

    /// <summary>This instance has not read the catalogue yet, so an item might be withheld.</summary>
    public sealed record NoCatalogue : RecommendationResult;
}

/// <summary>A slate that was logged, with the request that it answers.</summary>
/// <param name="Impression">The slate as it was logged.</param>
/// <param name="Request">The request.</param>
/// <param name="Taste">What the user wanted and turned down.</param>
sealed record LoggedSlate(Impression Impression, RecommendationRequest Request, UserTaste Taste);
