using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace SasRec.Functions.OpenApi;

/// <summary>GET /api/openapi.json, for anybody: the description of this API.</summary>
static class OpenApiFunction
{
    [Function("OpenApi")]
    public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi.json")] HttpRequest request) =>
        Results.Stream(typeof(OpenApiFunction).Assembly.GetManifestResourceStream("openapi.json")!, "application/json");
}
