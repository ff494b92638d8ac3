using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Azure.Data.Tables;
using Azure.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using SasRec.Core.Events;
using SasRec.Functions.Http;
using SasRec.Functions.StorageAccount;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;
using SasRec.Storage.Training;

namespace SasRec.Functions.Tests.Http;

public class StorageFailureTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_refuses_or_never_answers_is_a_failure_of_storage(bool listens)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        if (!listens)
        {
            server.Stop();
        }

        var options = new TableClientOptions();
        (options.Retry.MaxRetries, options.Retry.Delay, options.Retry.NetworkTimeout) = (1, TimeSpan.Zero, TimeSpan.FromSeconds(0.2));
        var service = new TableServiceClient($"AccountName=a;AccountKey=c2VjcmV0;TableEndpoint=http://127.0.0.1:{port}/a", options);

        var failure = await Record.ExceptionAsync(() =>
            service.GetTableClient("t").GetEntityIfExistsAsync<TableEntity>("p", "r", cancellationToken: Cancellation));

        Assert.True(StorageFailure.Is(failure!), $"{failure}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_waits_for_an_answer_has_it_within_five_seconds(bool listens)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/a";
        if (!listens)
        {
            server.Stop();
        }

        var storage = new StorageConnection(new StorageOptions
        {
            ConnectionString = $"AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint={address};QueueEndpoint={address};TableEndpoint={address}",
        }).Within(new StorageOptions().RequestTimeout);
        var interaction = new Interaction { EventId = "e", UserId = "u", ItemId = "i", Timestamp = DateTimeOffset.UnixEpoch };
        Func<Task>[] calls =
        [
            () => new InteractionLog(storage).NewestAsync("u", 1, Cancellation),
            () => new InteractionQueue(storage).SendAsync([interaction], Cancellation),
            () => new RunLog(storage).GetAsync("r", Cancellation),
        ];
        var clock = Stopwatch.StartNew();
        var answers = await Task.WhenAll(calls.Select(call => new ProblemMiddleware(NullLogger<ProblemMiddleware>.Instance).AnswerAsync(call, "Nothing happened.")));
        Assert.All(answers, answer => Assert.Equal(503, ((IStatusCodeHttpResult)answer!).StatusCode));

        // Not given up at once either: what fails for a moment is tried again.
        Assert.InRange(clock.Elapsed.TotalSeconds, 1, 5);
    }

    [Fact]
    public void A_refused_identity_is_a_failure_of_storage_and_a_caller_who_hangs_up_is_none()
    {
        Assert.True(StorageFailure.Is(new AuthenticationFailedException("no token")));
        Assert.False(StorageFailure.Is(new OperationCanceledException()));
        Assert.False(StorageFailure.Is(new InvalidOperationException()));
    }
}
