using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Core.Contracts;

namespace SasRec.Functions.OpenApi;

/// <summary>GET /api/openapi.json, for anybody: the description of this API.</summary>
static class OpenApiFunction
{
    static readonly Lazy<byte[]> Description = new(Read);

    [Function("OpenApi")]
    public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/openapi.json")] HttpRequest request) =>
        Results.Bytes(Description.Value, "application/json");

    /// <summary>The description that was built in, with the version of this build.</summary>
    static byte[] Read()
    {
        using var file = typeof(OpenApiFunction).Assembly.GetManifestResourceStream("openapi.json")!;
        var description = JsonNode.Parse(file)!;
        description["info"]!["version"] = ProductVersion.Text;
        return Encoding.UTF8.GetBytes(description.ToJsonString());
    }
}
