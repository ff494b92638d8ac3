using Azure.Storage.Blobs.Specialized;
using SasRec.Storage.Training;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests.Training;

public class SingleFlightTests(StorageEmulator emulator)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_at_a_time_holds_it()
    {
        var storage = await NewAsync(emulator);
        var all = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => SingleFlight.TryAcquireAsync(storage.Again(), "retrain", Cancellation)));
        var held = Assert.Single(all, a => a is not null)!;
        await using var other = await SingleFlight.TryAcquireAsync(storage, "another", Cancellation);
        Assert.NotNull(other);
        await held.DisposeAsync();
        await using var next = await SingleFlight.TryAcquireAsync(storage, "retrain", Cancellation);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task The_holder_learns_that_it_lost_it()
    {
        var time = new ManualTime();
        var storage = await NewAsync(emulator, time);
        await using var held = await SingleFlight.TryAcquireAsync(storage, "retrain", Cancellation);
        var lost = Lost(held!);
        time.Advance(TimeSpan.FromSeconds(15));
        Assert.False(held!.Lost.IsCancellationRequested);
        await storage.Container(Names.TrainingContainer).GetBlobClient(Names.TrainingBlobs.Leases + "retrain")
            .GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: Cancellation);
        await WaitAsync(lost, time);
        await using var next = await SingleFlight.TryAcquireAsync(storage, "retrain", Cancellation);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task A_holder_that_cannot_renew_learns_it_before_the_lease_ends()
    {
        var time = new ManualTime();
        var storage = await NewAsync(emulator, time);
        await using var held = await SingleFlight.TryAcquireAsync(storage, "retrain", Cancellation);
        var lost = Lost(held!);
        await storage.Container(Names.TrainingContainer).DeleteAsync(cancellationToken: Cancellation);
        await WaitAsync(lost, time);
        Assert.InRange(time.GetUtcNow() - Noon, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60));
    }

    static Task Lost(SingleFlight held)
    {
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        held.Lost.Register(lost.SetResult);
        return lost.Task;
    }

    /// <summary>Moves the clock by one renewal and gives the renewal real time to be answered.</summary>
    static async Task WaitAsync(Task lost, ManualTime time)
    {
        time.Advance(TimeSpan.FromSeconds(15));
        await lost.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }
}
