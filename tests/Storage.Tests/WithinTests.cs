using System.Net;
using System.Net.Sockets;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;
using SasRec.Storage.Training;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests;

public sealed class WithinTests : IDisposable
{
    // Takes connections and answers none.
    readonly TcpListener server = new(IPAddress.Loopback, 0);
    readonly StorageConnection storage;

    public WithinTests()
    {
        server.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/a";
        storage = new StorageConnection(new StorageOptions
        {
            ConnectionString = $"AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint={address};QueueEndpoint={address};TableEndpoint={address}",
        });
    }

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => server.Dispose();

    [Fact]
    public async Task A_call_to_a_service_that_hangs_is_given_up_after_the_bound()
    {
        var bounded = storage.Within(TimeSpan.FromSeconds(0.5));
        Task[] calls =
        [
            new InteractionLog(bounded).NewestAsync("ann", 1, Cancellation),
            new InteractionQueue(bounded).SendAsync([Event("ann", "a")], Cancellation),
            new RunLog(bounded).GetAsync("r", Cancellation),
        ];
        foreach (var call in calls)
        {
            var e = await Assert.ThrowsAsync<TimeoutException>(() => call);
            Assert.Contains("0.5 s", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Work_that_a_bounded_call_started_and_outlives_it_is_not_bound()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var bounded = new InteractionLog(storage.Within(TimeSpan.FromSeconds(0.5)));
        Task? background = null;
        await Assert.ThrowsAsync<TimeoutException>(async () =>
        {
            background = Task.Run(() => new InteractionLog(storage).NewestAsync("ann", 1, end.Token), Cancellation);
            await bounded.NewestAsync("ann", 1, Cancellation);
        });
        await Assert.ThrowsAsync<TimeoutException>(() => bounded.NewestAsync("ann", 1, Cancellation));

        Assert.False(background!.IsCompleted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => background);
    }

    [Fact]
    public async Task A_caller_who_cancels_is_told_of_no_timeout()
    {
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var call = new InteractionLog(storage.Within(TimeSpan.FromMinutes(5))).NewestAsync("ann", 1, caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public void A_bound_is_over_zero() => Assert.Throws<ArgumentOutOfRangeException>(() => storage.Within(TimeSpan.Zero));
}
