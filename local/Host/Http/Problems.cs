using Microsoft.AspNetCore.Http;

namespace SasRec.Host.Http;

/// <summary>Answers of the host itself, as application/problem+json (RFC 9457), never with a stack.</summary>
static class Problems
{
    /// <summary>The outermost step of every request.</summary>
    public static async Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
            if (http.GetEndpoint()?.Metadata.GetMetadata<HttpFunction>() is null && http.Response.StatusCode >= 400)
            {
                await WriteAsync(http, http.Response.StatusCode, http.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
                    ? $"This route does not take {http.Request.Method}; it takes {http.Response.Headers.Allow}."
                    : "The application has no such route.");
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
    }

    /// <summary>Writes a problem, or breaks the connection if an answer is already on its way.</summary>
    public static Task WriteAsync(HttpContext http, int status, string detail)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        http.Response.Clear();
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = "1";
        }

        return TypedResults.Problem(detail, statusCode: status).ExecuteAsync(http);
    }
}
