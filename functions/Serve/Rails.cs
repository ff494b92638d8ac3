using Microsoft.AspNetCore.Http;
using SasRec.Functions.Http;
using SasRec.Functions.Inference;
using SasRec.Functions.Items;
using SasRec.Functions.Rules;

namespace SasRec.Functions.Serve;

/// <summary>Answers requests of every rail: checks them against their placement, recommends, and says what went wrong.</summary>
sealed class Rails(Placements placements, Recommender recommender)
{
    /// <summary>Answers with the slate.</summary>
    public Task<IResult> AnswerAsync(RecommendationRequest request, RequestErrors errors, CancellationToken cancellation) =>
        AnswerAsync(request, errors, slate => Results.Json(slate, ServeJson.Answers.RecommendationResponse), cancellation);

    /// <summary>Answers with what a rail makes of the slate.</summary>
    /// <exception cref="RefusedException">The request is wrong.</exception>
    public async Task<IResult> AnswerAsync(
        RecommendationRequest request, RequestErrors errors, Func<RecommendationResponse, IResult> answer, CancellationToken cancellation)
    {
        var placement = placements.For(request.Placement);
        placement.Check(request, errors);
        errors.Refuse();
        return await recommender.RecommendAsync(request, placement, cancellation) switch
        {
            RecommendationResult.Slate slate => answer(slate.Response),
            RecommendationResult.NoRules => RuleHolder.NotRead(),
            RecommendationResult.NoCatalogue => CatalogueProblem.NotRead(),
            RecommendationResult.UnknownItem unknown => Problem.Of(
                StatusCodes.Status404NotFound, $"Model {unknown.ModelVersion} does not know the item '{request.SimilarTo}'."),
            RecommendationResult.UnknownSlate => Problem.Of(
                StatusCodes.Status404NotFound, $"There is no slate '{request.After}'.", "It was not logged, or is not in the log yet: ask again, or leave after out."),
            _ => ModelProblem.NotLoaded(),
        };
    }

    /// <summary>A request of a rail that is not explored unless the request, or a configured placement, says so.</summary>
    public RecommendationRequest GreedyByDefault(RecommendationRequest request, bool asksForNewItems) =>
        request is { Exploration: null, Temperature: null, Epsilon: null } && !asksForNewItems && !placements.IsConfigured(request.Placement)
            ? request with { Temperature = 0, Epsilon = 0, NewItemShare = 0 }
            : request;
}
