using System.Net;
using System.Net.Sockets;
using Azure.Data.Tables;
using Azure.Identity;
using SasRec.Functions.Http;

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

    [Fact]
    public void A_refused_identity_is_a_failure_of_storage_and_a_caller_who_hangs_up_is_none()
    {
        Assert.True(StorageFailure.Is(new AuthenticationFailedException("no token")));
        Assert.False(StorageFailure.Is(new OperationCanceledException()));
        Assert.False(StorageFailure.Is(new InvalidOperationException()));
    }
}
