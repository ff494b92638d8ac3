using System.Diagnostics;
using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker;

namespace SasRec.Portable.Tests.Host;

public sealed class OutageTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_storage_outage_is_logged_once_and_outlived()
    {
        var azurite = await AzuriteServer.StartAsync(folder.Path);
        var ports = (azurite.BlobPort, azurite.QueuePort, azurite.TablePort);
        var queue = new QueueClient(azurite.ConnectionString, "outage", new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
        await using var host = await RunningHost.StartAsync(
            typeof(Functions), new() { ["AzureWebJobsStorage"] = azurite.ConnectionString, ["AzureFunctionsJobHost:extensions:queues:maxPollingInterval"] = "00:00:00.2" });
        await Wait.UntilAsync(async () => await queue.ExistsAsync(), "the queue exists");
        await queue.SendMessageAsync("before");
        Assert.Equal("before", await host.Seen.NextAsync());

        using (var process = Process.GetProcessById(azurite.ProcessId))
        {
            process.Kill();
        }

        await azurite.DisposeAsync();
        await Wait.UntilAsync(() => host.Log.Any(IsOutage), "the outage is noticed");

        azurite = await AzuriteServer.StartAsync(folder.Path, ports);
        await using (azurite)
        {
            await queue.CreateIfNotExistsAsync();
            await queue.SendMessageAsync("after");
            Assert.Equal("after", await host.Seen.NextAsync());
            Assert.Single(host.Log, IsOutage);
            Assert.Contains(host.Log, line => line.Contains("is reachable again", StringComparison.Ordinal));
            await host.StopAsync(TimeSpan.FromSeconds(5));
        }
    }

    static bool IsOutage(string line) => line.Contains("cannot be read", StringComparison.Ordinal);

    internal sealed class Functions(Seen seen)
    {
        [Function("Outage")]
        public void Run([QueueTrigger("outage")] string message) => seen.Note(message);
    }
}
