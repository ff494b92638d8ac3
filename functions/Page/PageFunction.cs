using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;
using SasRec.Functions.Http;

namespace SasRec.Functions.Page;

/// <summary>GET /api/page/, for anybody: the page, and GET / leads to it. What it shows it asks of the API, with the key that its reader gives it.</summary>
sealed class PageFunction(PageOptions options)
{
    // What the page asks beside its files.
    const string Settings = "settings.json";

    // Nothing from elsewhere but pictures where an operator allows it, nothing inline, and no string becomes markup or code.
    readonly string policy = $"default-src 'none'; script-src 'self'; style-src 'self'; img-src {string.Join(' ', ["'self'", .. options.Hosts()])}; "
        + "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>The parameter is there because the Functions host takes an empty route for none, and would route by the function's name.</summary>
    [Function("Home")]
    public static IResult Home([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{nothing:maxlength(0)?}")] HttpRequest request) =>
        Results.Redirect("/api/page/");

    [Function("Page")]
    public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/page/{*path}")] HttpRequest request)
    {
        // The server leaves %2F of a path as it is.
        var path = (request.RouteValues["path"] as string ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        if (path.Length == 0 && request.Path.Value?.EndsWith('/') == false)
        {
            // The page names its files relative to itself, which needs the slash.
            return Results.Redirect("page/");
        }

        return path == Settings ? Results.Json(new PageSettings(options.Hosts()), PageJson.Answers.PageSettings)
            : PageFile.All.TryGetValue(path, out var file) ? Answer(file, request)
            : Problem.Of(StatusCodes.Status404NotFound, "The page has no such file.");
    }

    IResult Answer(PageFile file, HttpRequest request)
    {
        var headers = request.HttpContext.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = file.NamedByContent ? "public, max-age=31536000, immutable" : "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        var compressed = request.GetTypedHeaders().AcceptEncoding.Any(
            accepted => accepted.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && accepted.Quality != 0);
        if (compressed)
        {
            headers.ContentEncoding = "gzip";
        }

        return Results.Bytes(compressed ? file.Gzipped : file.Content, file.ContentType, entityTag: file.ETag);
    }
}

/// <summary>What an operator lets the page do.</summary>
/// <param name="ImageHosts">The hosts that pictures of items may come from.</param>
sealed record PageSettings(IReadOnlyList<string> ImageHosts);
