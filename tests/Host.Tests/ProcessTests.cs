using System.Diagnostics;
using Azure.Storage.Queues;
using SasRec.Azurite;
using SasRec.Storage;

namespace SasRec.Host.Tests;

/// <summary>Host and worker as processes: they end together, and what a host that died had in hand comes back.</summary>
public class ProcessTests
{
    static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_worker_ends_when_its_host_is_killed()
    {
        await using var azurite = await AzuriteServer.StartAsync();
        await using var app = await StartAsync(azurite);
        using var worker = Process.GetProcessById(app.WorkerProcessId);
        using (var host = Process.GetProcessById(app.ProcessId))
        {
            host.Kill();
        }

        await worker.WaitForExitAsync(Cancellation).WaitAsync(Timeout, Cancellation);
    }

    [Fact]
    public async Task A_host_ends_when_its_worker_is_killed()
    {
        await using var azurite = await AzuriteServer.StartAsync();
        await using var app = await StartAsync(azurite);
        using var host = Process.GetProcessById(app.ProcessId);
        using (var worker = Process.GetProcessById(app.WorkerProcessId))
        {
            worker.Kill();
        }

        await host.WaitForExitAsync(Cancellation).WaitAsync(Timeout, Cancellation);
    }

    [Fact]
    public async Task Listeners_come_back_after_the_storage_was_away()
    {
        using var folder = new ScratchFolder();
        var azurite = await AzuriteServer.StartAsync(folder.Path);
        await using var app = await StartAsync(azurite);
        var ports = (azurite.BlobPort, azurite.QueuePort, azurite.TablePort);
        await azurite.DisposeAsync();
        await UntilAsync("a listener stops", () => Task.FromResult(app.Output.Contains("start again", StringComparison.Ordinal)));

        await using var back = await AzuriteServer.StartAsync(folder.Path, ports);
        await Queue(back).SendMessageAsync("no interactions", Cancellation);
        var poison = Queue(back, Names.PoisonSuffix);
        await UntilAsync("the message is judged", async () => (await poison.GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount == 1);
    }

    [Fact]
    public async Task A_timer_fires_on_its_schedule()
    {
        await using var azurite = await AzuriteServer.StartAsync();
        await using var app = await StartAsync(azurite, "RetrainSchedule=* * * * * *");
        await UntilAsync("it has fired", () => Task.FromResult(app.Output.Contains("Retrain on schedule", StringComparison.Ordinal)));
    }

    static async Task<FunctionsProcess> StartAsync(AzuriteServer azurite, params string[] settings)
    {
        // The application creates what is missing too, but beside its start.
        await new StorageConnection(new StorageOptions { ConnectionString = azurite.ConnectionString }).EnsureCreatedAsync(Cancellation);
        return await FunctionsProcess.StartAsync(
        [
            $"AzureWebJobsStorage={azurite.ConnectionString}", "RetrainSchedule=0 0 0 1 1 *", "Trainer:Command=true",
            "AzureFunctionsJobHost:extensions:queues:visibilityTimeout=00:00:00", .. settings,
        ]);
    }

    static QueueClient Queue(AzuriteServer azurite, string suffix = "") => new(
        azurite.ConnectionString, Names.InteractionsQueue + suffix, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });

    static async Task UntilAsync(string what, Func<Task<bool>> met)
    {
        var clock = Stopwatch.StartNew();
        while (!await met())
        {
            Assert.True(clock.Elapsed < Timeout, $"After {Timeout} still not: {what}.");
            await Task.Delay(50, Cancellation);
        }
    }
}
