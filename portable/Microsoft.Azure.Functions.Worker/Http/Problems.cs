using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SasRec.Portable.LocalHost.Invocation;

namespace SasRec.Portable.LocalHost.Http;

/// <summary>Answers what goes wrong outside a function's own results as application/problem+json (RFC 9457), never with a stack.</summary>
static class Problems
{
    /// <summary>The outermost step of every request.</summary>
    public static async Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        var function = http.GetEndpoint()?.Metadata.GetMetadata<LocalFunction>();
        try
        {
            await next(http);
            if (function is null && http.Response.StatusCode >= 400)
            {
                await WriteAsync(http, http.Response.StatusCode, http.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
                    ? $"{http.Request.Path} does not take {http.Request.Method}; it takes {http.Response.Headers.Allow}."
                    : $"{http.Request.Path} is no route of this application.");
            }
        }
        catch (BadHttpRequestException e)
        {
            await WriteAsync(http, e.StatusCode, e.Message);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception e)
        {
            // Without the path, in which ids of users may stand.
            var name = function?.Name ?? "?";
            http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Function." + name)
                .LogError(e, "Function '{Function}' failed.", name);
            await WriteAsync(http, StatusCodes.Status500InternalServerError, $"Function '{name}' failed; the host's log says why.");
        }
    }

    /// <summary>Writes a problem, or breaks the connection if an answer is already on its way.</summary>
    public static Task WriteAsync(HttpContext http, int status, string detail)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        return TypedResults.Problem(detail, statusCode: status).ExecuteAsync(http);
    }
}
