using Azure;
using Azure.Identity;

namespace SasRec.Functions.Http;

/// <summary>The failures that the storage clients throw, after their own retries, when the account refuses or cannot be reached.</summary>
static class StorageFailure
{
    // Retries that all failed come as one exception; a server that never answers is a cancellation there.
    public static bool Is(Exception e) => e is RequestFailedException or AuthenticationFailedException or TimeoutException
        || (e is AggregateException several
            && several.InnerExceptions.Any(inner => inner is RequestFailedException or HttpRequestException or TaskCanceledException));
}
