using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Functions.Http;

namespace SasRec.Functions.Serve;

/// <summary>GET /api/recommendations/{userId} and POST /api/recommendations: a slate for a user or an inline history.</summary>
sealed class RecommendationsFunction(ServeOptions options, Rails rails)
{
    const string Consequence = "The user's history cannot be read; a request that brings its history is answered.";

    [Function("RecommendationsOfUser")]
    [OnStorageFailure(Consequence)]
    public Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/recommendations/{userId}")] HttpRequest request,
        string userId,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        return rails.AnswerAsync(RecommendationReader.FromQuery(userId, new QueryReader(request.Query, errors), request, options, errors), errors, cancellation);
    }

    [Function("Recommendations")]
    [OnStorageFailure(Consequence)]
    public async Task<IResult> Post(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/recommendations")] HttpRequest request,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        using var body = await RequestBody.ReadAsync(request, options.MaxBodyBytes, errors, cancellation);
        return await rails.AnswerAsync(RecommendationReader.FromJson(body.Bytes, options, errors), errors, cancellation);
    }
}
