using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Core.Contracts;
using SasRec.Functions.Http;

namespace SasRec.Functions.Serve;

/// <summary>GET /api/popular: what is popular or trending, whoever asks.</summary>
sealed class PopularFunction(ServeOptions options, Rails rails)
{
    [Function("Popular")]
    [OnStorageFailure("The user's history cannot be read; a request without a user is answered.")]
    public Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/popular")] HttpRequest request, CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var query = new QueryReader(request.Query, errors);
        var by = query.Text("by", text => text is "recent" or "all" or "trend", "recent, all or trend");
        var wanted = RecommendationReader.FromQuery(null, query, request, options, errors) with
        {
            Rail = by switch
            {
                "all" => Recommenders.PopularityOfAllTime,
                "trend" => Recommenders.Trending,
                _ => Recommenders.Popularity,
            },
        };
        return rails.AnswerAsync(rails.GreedyByDefault(wanted, request.Query.ContainsKey("newItemShare")), errors, cancellation);
    }
}
