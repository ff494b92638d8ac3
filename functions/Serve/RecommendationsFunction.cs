using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Functions.Http;
using SasRec.Functions.Inference;
using SasRec.Functions.Items;

namespace SasRec.Functions.Serve;

/// <summary>GET /api/recommendations/{userId} and POST /api/recommendations: a slate for a user or an inline history.</summary>
sealed class RecommendationsFunction(ServeOptions options, Placements placements, Recommender recommender)
{
    const string Consequence = "The user's history cannot be read; a request that brings its history is answered.";

    [Function("RecommendationsOfUser")]
    [OnStorageFailure(Consequence)]
    public Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "recommendations/{userId}")] HttpRequest request,
        string userId,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        return Answer(RecommendationReader.FromQuery(userId, request.Query, options, errors), errors, cancellation);
    }

    [Function("Recommendations")]
    [OnStorageFailure(Consequence)]
    public async Task<IResult> Post(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "recommendations")] HttpRequest request,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        using var body = await RequestBody.ReadAsync(request, options.MaxBodyBytes, errors, cancellation);
        return await Answer(RecommendationReader.FromJson(body.Bytes, options, errors), errors, cancellation);
    }

    async Task<IResult> Answer(RecommendationRequest wanted, RequestErrors errors, CancellationToken cancellation)
    {
        var placement = placements.For(wanted.Placement);
        placement.Check(wanted, errors);
        errors.Refuse();
        return await recommender.RecommendAsync(wanted, placement, cancellation) switch
        {
            RecommendationResult.Slate slate => Results.Json(slate.Response, ServeJson.Answers.RecommendationResponse),
            RecommendationResult.NoCatalogue => CatalogueProblem.NotRead(),
            _ => ModelProblem.NotLoaded(),
        };
    }
}
