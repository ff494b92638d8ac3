using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace SasRec.Storage.Training;

/// <summary>A right that one process at a time holds: a blob lease of 60 s, renewed while it is held.</summary>
/// <remarks>A process that dies loses it when the lease ends. A process that cannot renew learns it from <see cref="Lost"/> before
/// anybody else can hold it, and has to stop.</remarks>
public sealed class SingleFlight : IAsyncDisposable
{
    static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);
    static readonly TimeSpan RenewalPeriod = TimeSpan.FromSeconds(15);

    // What the holder has left to stop in when its renewals fail.
    static readonly TimeSpan Notice = TimeSpan.FromSeconds(10);

    readonly BlobLeaseClient lease;
    readonly TimeProvider time;
    readonly CancellationTokenSource lost = new();
    readonly CancellationTokenSource released = new();
    readonly Task renewal;

    SingleFlight(BlobLeaseClient lease, TimeProvider time, long acquired)
    {
        (this.lease, this.time) = (lease, time);
        renewal = RenewAsync(acquired);
    }

    /// <summary>Cancelled when the right is lost before it was given back.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>Takes a right if nobody holds it.</summary>
    /// <param name="storage">Where it is kept.</param>
    /// <param name="name">Its name: "retrain", ...</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <returns>The right, given back when disposed; null where somebody holds it.</returns>
    public static async Task<SingleFlight?> TryAcquireAsync(
        StorageConnection storage, string name, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var blob = storage.Container(Names.TrainingContainer).GetBlobClient(Names.TrainingBlobs.Leases + name);
        try
        {
            await blob.UploadAsync(new BinaryData([]), new BlobUploadOptions
            {
                Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
            }, cancellation);
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412)
        {
            // The blob is there from an earlier run: only its lease matters.
        }

        var lease = blob.GetBlobLeaseClient();
        var acquired = storage.Time.GetTimestamp();
        try
        {
            await lease.AcquireAsync(Duration, cancellationToken: cancellation);
            return new SingleFlight(lease, storage.Time, acquired);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.LeaseAlreadyPresent)
        {
            return null;
        }
    }

    /// <summary>Whether somebody holds a right; asking takes it from nobody.</summary>
    /// <param name="storage">Where it is kept.</param>
    /// <param name="name">Its name: "retrain", ...</param>
    /// <param name="cancellation">Ends the call.</param>
    public static async Task<bool> IsHeldAsync(StorageConnection storage, string name, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        var blob = storage.Container(Names.TrainingContainer).GetBlobClient(Names.TrainingBlobs.Leases + name);
        try
        {
            return (await blob.GetPropertiesAsync(cancellationToken: cancellation)).Value.LeaseState == LeaseState.Leased;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return false;
        }
    }

    /// <summary>Gives the right back.</summary>
    public async ValueTask DisposeAsync()
    {
        await released.CancelAsync();
        await renewal;
        try
        {
            await lease.ReleaseAsync();
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            // It was lost already, and Lost has said so or no longer matters.
        }

        lost.Dispose();
        released.Dispose();
    }

    async Task RenewAsync(long renewed)
    {
        using var timer = new PeriodicTimer(RenewalPeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(released.Token))
            {
                var asked = time.GetTimestamp();
                if (await TryRenewAsync(Duration - Notice - time.GetElapsedTime(renewed)))
                {
                    renewed = asked;
                }
                else if (time.GetElapsedTime(renewed) + RenewalPeriod > Duration - Notice)
                {
                    // The next attempt would come too late to stop before the lease ends.
                    await lost.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (released.IsCancellationRequested)
        {
            // Given back.
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            await lost.CancelAsync();
        }
    }

    /// <summary>False where storage is out of reach; throws where the lease is somebody else's.</summary>
    async Task<bool> TryRenewAsync(TimeSpan patience)
    {
        if (patience <= TimeSpan.Zero)
        {
            return false;
        }

        using var impatience = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(impatience.Token, released.Token);
        try
        {
            await lease.RenewAsync(cancellationToken: either.Token);
            return true;
        }
        catch (Exception e) when (e is RequestFailedException { Status: not (404 or 409 or 412) } or AggregateException ||
            (e is OperationCanceledException && !released.IsCancellationRequested))
        {
            return false;
        }
    }
}
