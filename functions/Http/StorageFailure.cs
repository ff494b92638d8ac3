using Azure;
using Azure.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SasRec.Functions.Http;

/// <summary>What the storage clients throw when the account refuses or cannot be reached, after their own retries.</summary>
static class StorageFailure
{
    // Retries that all failed come as one exception; a server that never answers shows there as a cancellation.
    public static bool Is(Exception e) => e is RequestFailedException or AuthenticationFailedException or TimeoutException
        || (e is AggregateException several
            && several.InnerExceptions.Any(inner => inner is RequestFailedException or HttpRequestException or TaskCanceledException));

    /// <summary>Answers what the work answers, or 503 where storage fails.</summary>
    /// <param name="log">Told of the failure.</param>
    /// <param name="consequence">What the failure means to who asked.</param>
    /// <param name="work">What needs storage.</param>
    public static async Task<IResult> GuardAsync(ILogger log, string consequence, Func<Task<IResult>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (Is(e))
        {
            log.LogError(e, "Storage failed. {Consequence}", consequence);
            return Problem.Of(StatusCodes.Status503ServiceUnavailable, "Storage is out of reach.", consequence);
        }
    }
}
