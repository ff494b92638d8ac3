using Azure;
using Azure.Identity;
using SasRec.Storage;

namespace SasRec.Functions.Http;

/// <summary>The failures that the storage clients throw, after their own retries, when the account refuses or cannot be reached.</summary>
static class StorageFailure
{
    // A client waits for the answer, and can ask again.
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    // Retries that all failed come as one exception; a server that never answers is a cancellation there.
    public static bool Is(Exception e) => e is RequestFailedException or AuthenticationFailedException or StorageTimeoutException
        || (e is AggregateException several
            && several.InnerExceptions.Any(inner => inner is RequestFailedException or HttpRequestException or TaskCanceledException));

    /// <summary>Bounds the time of every call to storage below.</summary>
    /// <exception cref="StorageTimeoutException">A call was given up because its time was over.</exception>
    public static async Task BoundAsync(Func<Task> work)
    {
        using var bound = StoragePatience.Bounded(Timeout);
        try
        {
            await work();
        }
        catch (OperationCanceledException e) when (bound.Exhausted)
        {
            throw new StorageTimeoutException(e);
        }
    }
}

/// <summary>Storage did not answer in time.</summary>
sealed class StorageTimeoutException(Exception inner) : Exception("Storage did not answer in time.", inner);
