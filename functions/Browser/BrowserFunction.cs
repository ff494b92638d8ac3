using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace SasRec.Functions.Browser;

/// <summary>GET /api/sasrec.js, for anybody: the script with which a shop's pages send events.</summary>
static class BrowserFunction
{
    static readonly Lazy<byte[]> Script = new(Read);

    [Function("BrowserScript")]
    public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/sasrec.js")] HttpRequest request)
    {
        var headers = request.HttpContext.Response.Headers;
        headers.CacheControl = "public, max-age=3600";
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        return Results.Bytes(Script.Value, "text/javascript; charset=utf-8");
    }

    static byte[] Read()
    {
        using var file = typeof(BrowserFunction).Assembly.GetManifestResourceStream("sasrec.js")!;
        using var script = new MemoryStream();
        file.CopyTo(script);
        return script.ToArray();
    }
}
