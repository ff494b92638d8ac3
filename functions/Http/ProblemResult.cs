using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace SasRec.Functions.Http;

/// <summary>A problem as the answer to a request.</summary>
/// <remarks>429 and 503 carry Retry-After: a few seconds, of which every answer draws its own, so that clients do not come back at once.</remarks>
sealed class ProblemResult(Problem problem) : IResult, IStatusCodeHttpResult
{
    const int ShortestSeconds = 1;
    const int LongestSeconds = 4;

    public int? StatusCode => problem.Status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (problem.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            var seconds = Random.Shared.Next(ShortestSeconds, LongestSeconds + 1);
            httpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        httpContext.Response.StatusCode = problem.Status;
        return httpContext.Response.WriteAsJsonAsync(problem, HttpJson.Answers.Problem, "application/problem+json", httpContext.RequestAborted);
    }
}
