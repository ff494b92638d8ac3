using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Core.Contracts;
using SasRec.Functions.Http;

namespace SasRec.Functions.Serve;

/// <summary>GET /api/items/{itemId}/bought-together: what users turned to together with an item, by the counts of item pairs.</summary>
sealed class BoughtTogetherFunction(ServeOptions options, Rails rails)
{
    [Function("BoughtTogether")]
    [OnStorageFailure("The user's history cannot be read; a request without a user is answered.")]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/items/{itemId}/bought-together")] HttpRequest request,
        string itemId,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var query = new QueryReader(request.Query, errors);
        var id = query.PathId("itemId", itemId);
        var wanted = RecommendationReader.FromQuery(null, query, request, options, errors) with { Rail = Recommenders.Together, SimilarTo = id };
        return rails.AnswerAsync(rails.GreedyByDefault(wanted, request.Query.ContainsKey("newItemShare")), errors, cancellation);
    }
}
