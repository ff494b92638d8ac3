using Azure.Core;
using Azure.Core.Pipeline;

namespace SasRec.Storage;

/// <summary>Azure's own retries: about half a minute, which outlasts the splitting of a busy partition, or at most as long as a bound
/// allows.</summary>
/// <remarks>Only asynchronous calls are bounded; storage makes no others.</remarks>
/// <param name="most">The most that a call may take with all its attempts; null for no bound.</param>
sealed class StorageRetries(TimeSpan? most)
    : RetryPolicy(MaxRetries, DelayStrategy.CreateExponentialDelayStrategy(FirstDelay, LongestDelay))
{
    const int MaxRetries = 6;

    // Azure's strategy varies each delay by a fifth.
    const double Jitter = 1.2;

    static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(400);
    static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            await base.ProcessAsync(message, pipeline);
        }
        catch (OperationCanceledException e) when (most is { } bound && !message.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Storage did not answer within {bound.TotalSeconds} s.", e);
        }
    }

    // A service that takes the request and does not answer is given up too.
    protected override ValueTask OnSendingRequestAsync(HttpMessage message)
    {
        if (most is { } bound)
        {
            var left = bound - Elapsed(message);
            message.NetworkTimeout = left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
        }

        return default;
    }

    protected override ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        InTime(message) ? base.ShouldRetryAsync(message, exception) : new(false);

    /// <summary>Whether the next attempt would begin before the bound.</summary>
    bool InTime(HttpMessage message) =>
        most is not { } bound || bound - Elapsed(message) > FirstDelay * Jitter * (1 << message.ProcessingContext.RetryNumber);

    static TimeSpan Elapsed(HttpMessage message) => DateTimeOffset.UtcNow - message.ProcessingContext.StartTime;
}
