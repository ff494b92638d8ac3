using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using SasRec.Functions.Http;
using SasRec.Functions.Inference;
using SasRec.Functions.Items;

namespace SasRec.Functions.Serve;

/// <summary>GET /api/recommendations/{userId} and POST /api/recommendations: a slate for a user or an inline history.</summary>
sealed class RecommendationsFunction(
    ServeOptions options, Placements placements, Recommender recommender, ILogger<RecommendationsFunction> log)
{
    [Function("RecommendationsOfUser")]
    public Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "recommendations/{userId}")] HttpRequest request,
        string userId,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var wanted = RecommendationReader.FromQuery(RouteId.Decode(userId), request.Query, options, errors);
        return Answer(wanted, errors, cancellation);
    }

    [Function("Recommendations")]
    public async Task<IResult> Post(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "recommendations")] HttpRequest request,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        using var body = await RequestBody.ReadAsync(request, options.MaxBodyBytes, errors, cancellation);
        var wanted = RecommendationReader.FromJson(body.Bytes, options, errors);
        return await Answer(wanted, errors, cancellation);
    }

    async Task<IResult> Answer(RecommendationRequest wanted, RequestErrors errors, CancellationToken cancellation)
    {
        var placement = placements.For(wanted.Placement);
        placement.Check(wanted, errors);
        return errors.Refusal() ?? await StorageFailure.GuardAsync(
            log,
            "The user's history cannot be read; a request that brings its history is answered.",
            async () => await recommender.RecommendAsync(wanted, placement, cancellation) switch
            {
                RecommendationResult.Slate slate => Results.Json(slate.Response, ServeJson.Answers.RecommendationResponse),
                RecommendationResult.NoCatalogue => CatalogueProblem.NotRead(),
                _ => ModelProblem.NotLoaded(),
            });
    }
}
