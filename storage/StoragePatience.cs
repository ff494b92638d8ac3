using Azure.Core;
using Azure.Core.Pipeline;

namespace SasRec.Storage;

/// <summary>How long calls to storage are tried again while it fails: about half a minute, which outlasts the splitting of a busy
/// partition, or less where somebody waits for the answer.</summary>
public sealed class StoragePatience : IDisposable
{
    static readonly AsyncLocal<StoragePatience?> Current = new();

    readonly StoragePatience? outer = Current.Value;
    readonly TimeSpan most;
    volatile bool exhausted;

    StoragePatience(TimeSpan most) => this.most = most;

    /// <summary>Whether a call was given up because its time was over.</summary>
    public bool Exhausted => exhausted;

    /// <summary>Bounds each call to storage that is made until the result is disposed, here and in what is started from here.</summary>
    /// <param name="most">The most that a call may take, with all its attempts.</param>
    public static StoragePatience Bounded(TimeSpan most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(most, TimeSpan.Zero);
        return Current.Value = new StoragePatience(most);
    }

    /// <summary>Ends the bound.</summary>
    public void Dispose() => Current.Value = outer;

    /// <summary>Azure's own retries, given up where the next would come after the bound.</summary>
    internal sealed class Policy(TimeProvider time) : RetryPolicy(MostRetries, DelayStrategy.CreateExponentialDelayStrategy(FirstDelay, LongestDelay))
    {
        const int MostRetries = 6;

        // Azure's strategy varies each delay by a fifth.
        const double Jitter = 1.2;

        static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(400);
        static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

        protected override void OnSendingRequest(HttpMessage message) => Bound(message);

        protected override ValueTask OnSendingRequestAsync(HttpMessage message)
        {
            Bound(message);
            return default;
        }

        protected override bool ShouldRetry(HttpMessage message, Exception? exception) =>
            InTime(message) && base.ShouldRetry(message, exception);

        protected override async ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
            InTime(message) && await base.ShouldRetryAsync(message, exception);

        // A service that takes the request and does not answer is given up too.
        void Bound(HttpMessage message)
        {
            if (Current.Value is { } patience)
            {
                var left = Left(message, patience);
                message.NetworkTimeout = left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
            }
        }

        bool InTime(HttpMessage message)
        {
            if (Current.Value is not { } patience
                || Left(message, patience) > FirstDelay * Jitter * (1 << message.ProcessingContext.RetryNumber))
            {
                return true;
            }

            patience.exhausted = true;
            return false;
        }

        TimeSpan Left(HttpMessage message, StoragePatience patience) =>
            patience.most - (time.GetUtcNow() - message.ProcessingContext.StartTime);
    }
}
