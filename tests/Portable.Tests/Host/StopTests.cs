using System.Net;
using Azure.Storage.Queues;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace SasRec.Portable.Tests.Host;

public class StopTests(StorageEmulator storage)
{
    static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    readonly string name = StorageEmulator.Unique("q");

    [Fact]
    public async Task A_request_in_hand_is_answered_and_no_new_one_is_taken()
    {
        await using var host = await StartAsync(typeof(Gated));
        var running = host.Client.GetAsync("/api/gated");
        await host.Seen.NextAsync();
        var stopping = host.StopAsync(Long);
        await Wait.UntilAsync(() => RefusedAsync(host.Client.BaseAddress!), "the port is closed");
        Assert.False(stopping.IsCompleted);

        host.Seen.Gate.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await running).StatusCode);
        await stopping;
    }

    [Fact]
    public async Task A_message_in_hand_is_finished_and_no_new_one_is_taken()
    {
        await using var host = await StartAsync(typeof(GatedQueue));
        await SendAsync("first");
        Assert.Equal("first", await host.Seen.NextAsync());
        var stopping = host.StopAsync(Long);
        await SendAsync("second");
        host.Seen.Gate.SetResult();
        await stopping;

        Assert.Equal(["first", "first done"], host.Seen.All);
        Assert.Equal("second", Assert.Single((await Queue().ReceiveMessagesAsync(32)).Value).Body.ToString());
        Assert.Equal(1, (await Queue().GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task A_message_that_does_not_end_in_time_is_cancelled_and_given_back()
    {
        await using var host = await StartAsync(typeof(GatedQueue));
        await SendAsync("first");
        Assert.Equal("first", await host.Seen.NextAsync());
        await host.StopAsync(TimeSpan.FromMilliseconds(300));

        Assert.Equal("first cancelled", await host.Seen.NextAsync());
        var back = Assert.Single((await Queue().ReceiveMessagesAsync(32)).Value);
        Assert.Equal(("first", 2), (back.Body.ToString(), back.DequeueCount));
    }

    [Fact]
    public async Task A_function_that_ignores_its_cancellation_does_not_keep_the_host_from_stopping()
    {
        await using var host = await StartAsync(typeof(StubbornQueue));
        await SendAsync("first");
        await host.Seen.NextAsync();
        await host.StopAsync(TimeSpan.FromMilliseconds(100)).WaitAsync(RunningHost.Patience);
        Assert.Contains(host.Log, line => line.Contains("it is abandoned", StringComparison.Ordinal));
        host.Seen.Gate.SetResult();
    }

    [Fact]
    public async Task Messages_of_a_host_that_stopped_are_taken_by_the_next()
    {
        await using (var first = await StartAsync(typeof(GatedQueue)))
        {
            for (var i = 0; i < 20; i++)
            {
                await SendAsync($"{i}");
            }

            await first.Seen.NextAsync();
            await first.StopAsync(TimeSpan.FromMilliseconds(100));
        }

        await using var second = await StartAsync(typeof(GatedQueue));
        second.Seen.Gate.SetResult();
        await Wait.UntilAsync(async () => (await Queue().GetPropertiesAsync()).Value.ApproximateMessagesCount == 0, "the queue is empty");
        Assert.Equal(20, second.Seen.All.Where(note => note.EndsWith("done", StringComparison.Ordinal)).Distinct().Count());
    }

    static async Task<bool> RefusedAsync(Uri address)
    {
        using var client = new HttpClient();
        try
        {
            await client.GetAsync(new Uri(address, "/api/none"));
            return false;
        }
        catch (HttpRequestException)
        {
            return true;
        }
    }

    async Task<RunningHost> StartAsync(Type function) =>
        await RunningHost.StartAsync(function, new() { ["AzureWebJobsStorage"] = storage.ConnectionString, ["QueueName"] = name });

    QueueClient Queue() => new(storage.ConnectionString, name, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });

    async Task SendAsync(string text)
    {
        await Queue().CreateIfNotExistsAsync();
        await Queue().SendMessageAsync(text);
    }

    internal sealed class Gated(Seen seen)
    {
        [Function("Gated")]
        public async Task<IActionResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "gated")] HttpRequest request)
        {
            seen.Note("in");
            await seen.Gate.Task;
            return new OkResult();
        }
    }

    internal sealed class GatedQueue(Seen seen)
    {
        [Function("GatedQueue")]
        public async Task Run([QueueTrigger("%QueueName%")] string message, CancellationToken cancellation)
        {
            seen.Note(message);
            try
            {
                await seen.Gate.Task.WaitAsync(cancellation);
                seen.Note(message + " done");
            }
            catch (OperationCanceledException)
            {
                seen.Note(message + " cancelled");
                throw;
            }
        }
    }

    internal sealed class StubbornQueue(Seen seen)
    {
        [Function("StubbornQueue")]
        public async Task Run([QueueTrigger("%QueueName%")] string message)
        {
            seen.Note(message);
            await seen.Gate.Task;
        }
    }
}
