using Azure;
using Microsoft.AspNetCore.Http;

namespace SasRec.Functions.Http;

/// <summary>What the storage clients throw when the account refuses or cannot be reached, after their own retries.</summary>
static class StorageFailure
{
    public static bool Is(Exception e) => e is RequestFailedException
        || (e is AggregateException several && several.InnerExceptions.Any(inner => inner is RequestFailedException or HttpRequestException));

    public static IResult Answer(string consequence) =>
        Problem.Of(StatusCodes.Status503ServiceUnavailable, "Storage is out of reach.", consequence);
}
