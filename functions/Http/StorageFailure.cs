using Azure;
using Azure.Identity;
using Polly.CircuitBreaker;

namespace SasRec.Functions.Http;

/// <summary>The failures that the storage clients throw, after their own retries, when the account refuses or cannot be reached.</summary>
static class StorageFailure
{
    /// <summary>Whether storage is away, and not that it refuses what was asked: the same may work later.</summary>
    public static bool IsOutage(Exception e) => e switch
    {
        RequestFailedException { Status: var status } => status is 0 or 408 or 429 or >= 500,
        AggregateException several => several.InnerExceptions.Any(IsOutage),
        _ => e is AuthenticationFailedException or TimeoutException or HttpRequestException or TaskCanceledException,
    };

    // Retries that all failed come as one exception; a server that never answers is a cancellation there.
    public static bool Is(Exception e) => e is RequestFailedException or AuthenticationFailedException or TimeoutException or BrokenCircuitException
        || (e is AggregateException several
            && several.InnerExceptions.Any(inner => inner is RequestFailedException or HttpRequestException or TaskCanceledException));
}
