using Azure;
using Azure.Identity;
using Microsoft.AspNetCore.Http;

namespace SasRec.Functions.Http;

/// <summary>What the storage clients throw when the account refuses or cannot be reached, after their own retries.</summary>
static class StorageFailure
{
    // Retries that all failed come as one exception; a server that never answers shows there as a cancellation.
    public static bool Is(Exception e) => e is RequestFailedException or AuthenticationFailedException
        || (e is AggregateException several
            && several.InnerExceptions.Any(inner => inner is RequestFailedException or HttpRequestException or TaskCanceledException));

    public static IResult Answer(string consequence) =>
        Problem.Of(StatusCodes.Status503ServiceUnavailable, "Storage is out of reach.", consequence);
}
