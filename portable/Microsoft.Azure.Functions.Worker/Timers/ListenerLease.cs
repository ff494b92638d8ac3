using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace SasRec.Portable.LocalHost.Timers;

/// <summary>The right to run one timer: a blob lease that is renewed until it is disposed or lost.</summary>
sealed class ListenerLease : IAsyncDisposable
{
    readonly BlobLeaseClient lease;
    readonly TimeSpan period;
    readonly TimeProvider time;
    readonly CancellationTokenSource released = new();
    readonly CancellationTokenSource lost = new();
    readonly Task renewal;

    ListenerLease(BlobLeaseClient lease, TimeSpan period, TimeProvider time)
    {
        (this.lease, this.period, this.time) = (lease, period, time);
        renewal = RenewAsync();
    }

    /// <summary>Signals that another host may now run the timer.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>Takes the lease; null if another host has it.</summary>
    public static async Task<ListenerLease?> TryAcquireAsync(BlobClient blob, TimeSpan period, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            if (!await blob.ExistsAsync(cancellation))
            {
                await blob.GetParentBlobContainerClient().CreateIfNotExistsAsync(cancellationToken: cancellation);
                var onlyNew = new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
                await blob.UploadAsync(BinaryData.FromString(""), onlyNew, cancellation);
            }
        }
        catch (RequestFailedException e) when (e.ErrorCode is "BlobAlreadyExists" or "ConditionNotMet" or "LeaseIdMissing")
        {
            // Another host created it a moment before; what counts is who gets the lease.
            cancellation.ThrowIfCancellationRequested();
        }

        var lease = blob.GetBlobLeaseClient();
        try
        {
            await lease.AcquireAsync(period, cancellationToken: cancellation);
            return new ListenerLease(lease, period, time);
        }
        catch (RequestFailedException e) when (e.ErrorCode == "LeaseAlreadyPresent")
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await released.CancelAsync();
        await renewal;
        if (!lost.IsCancellationRequested)
        {
            await lease.ReleaseAsync();
        }

        released.Dispose();
        lost.Dispose();
    }

    async Task RenewAsync()
    {
        var held = time.GetTimestamp();
        while (true)
        {
            await Task.Delay(period / 3, time, released.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (released.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await lease.RenewAsync(cancellationToken: released.Token);
                held = time.GetTimestamp();
            }
            catch (OperationCanceledException) when (released.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException)
            {
                // An answer from storage is final; silence is not, until the lease has run out by our own clock.
                if (e is RequestFailedException { Status: 404 or 409 or 412 } || time.GetElapsedTime(held) >= period)
                {
                    await lost.CancelAsync();
                    return;
                }
            }
        }
    }
}
