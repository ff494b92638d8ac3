using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Core.Contracts;
using SasRec.Functions.Http;

namespace SasRec.Functions.Serve;

/// <summary>GET /api/items/{itemId}/similar: the items whose embeddings point the same way, as a slate like any other.</summary>
sealed class SimilarItemsFunction(ServeOptions options, Rails rails)
{
    [Function("SimilarItems")]
    [OnStorageFailure("The user's history cannot be read; a request without a user is answered.")]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/items/{itemId}/similar")] HttpRequest request,
        string itemId,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var query = new QueryReader(request.Query, errors);
        var id = query.PathId("itemId", itemId);
        var wanted = RecommendationReader.FromQuery(null, query, request, options, errors) with { Rail = Recommenders.Similar, SimilarTo = id };
        return rails.AnswerAsync(
            rails.GreedyByDefault(wanted, request.Query.ContainsKey("newItemShare")),
            errors,
            slate => Results.Json(SimilarItems.Of(id, slate), ServeJson.Answers.SimilarItems),
            cancellation);
    }
}
