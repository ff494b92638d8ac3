using System.Text;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace SasRec.Portable.Tests.Host;

public class QueueTests(StorageEmulator storage)
{
    readonly string name = StorageEmulator.Unique("q");

    [Fact]
    public async Task A_message_runs_the_function_once_and_is_gone()
    {
        await using var host = await StartAsync(typeof(TextFunction));
        await SendAsync("été 🎸 'quoted'");
        Assert.Equal("été 🎸 'quoted' try 1", await host.Seen.NextAsync());
        await EmptyAsync(Queue());
        Assert.Single(host.Seen.All);
    }

    [Fact]
    public async Task The_queue_is_created_when_it_is_missing()
    {
        await using var host = await StartAsync(typeof(TextFunction));
        await Wait.UntilAsync(async () => await Queue().ExistsAsync(), "the queue exists");
    }

    [Theory]
    [InlineData(typeof(BytesFunction), "plain text", "plain text")]
    [InlineData(typeof(BinaryFunction), "plain text", "plain text")]
    [InlineData(typeof(MessageFunction), "plain text", "plain text")]
    [InlineData(typeof(JsonFunction), """{"userId":"ann","Count":3}""", "ann 3")]
    public async Task The_message_arrives_as_the_type_that_the_function_takes(Type function, string sent, string seen)
    {
        await using var host = await StartAsync(function);
        await SendAsync(sent);
        Assert.Equal(seen, await host.Seen.NextAsync());
    }

    [Fact]
    public async Task Without_encoding_the_text_is_taken_as_it_is()
    {
        await using var host = await StartAsync(typeof(TextFunction), """ "messageEncoding": "none" """);
        await Queue().CreateIfNotExistsAsync();
        await new QueueClient(storage.ConnectionString, name).SendMessageAsync("bm90IGRlY29kZWQ=");
        Assert.Equal("bm90IGRlY29kZWQ= try 1", await host.Seen.NextAsync());
    }

    [Fact]
    public async Task A_failing_message_is_tried_again_and_then_kept_in_the_poison_queue()
    {
        await using var host = await StartAsync(typeof(FailingFunction), """ "maxDequeueCount": 3 """);
        await SendAsync("bad");
        foreach (var count in new[] { 1, 2, 3 })
        {
            Assert.Equal($"bad try {count}", await host.Seen.NextAsync());
        }

        Assert.Equal("bad", await PoisonedAsync());
        await EmptyAsync(Queue());
        Assert.Equal(3, host.Seen.All.Count);
        Assert.Contains(host.Log, line => line.Contains("try 3 of 3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_a_failure_a_message_rests_for_the_visibility_timeout()
    {
        await using var host = await StartAsync(typeof(FailingFunction), """ "visibilityTimeout": "00:30:00" """);
        await SendAsync("bad");
        Assert.Equal("bad try 1", await host.Seen.NextAsync());

        // In half an hour at the earliest it is visible again; by its lease it would be in half a minute.
        await Wait.UntilAsync(() => host.Log.Any(line => line.Contains("try 1 of", StringComparison.Ordinal)), "the failure is logged");
        await host.StopAsync(TimeSpan.FromSeconds(5));
        Assert.Empty((await Queue().ReceiveMessagesAsync()).Value);
        Assert.Equal(1, (await Queue().GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task A_message_that_is_not_base64_goes_to_the_poison_queue_as_it_was()
    {
        await using var host = await StartAsync(typeof(TextFunction));
        await Queue().CreateIfNotExistsAsync();
        await new QueueClient(storage.ConnectionString, name).SendMessageAsync("{not base64}");

        var poison = new QueueClient(storage.ConnectionString, name + "-poison");
        await Wait.UntilAsync(async () => await poison.ExistsAsync() && (await poison.PeekMessagesAsync(1)).Value.Length == 1, "the message is poison");
        Assert.Equal("{not base64}", (await poison.PeekMessagesAsync(1)).Value[0].Body.ToString());
        Assert.Empty(host.Seen.All);
    }

    [Fact]
    public async Task A_message_of_a_poison_queue_gets_no_second_poison_queue()
    {
        var poison = Client(name + "-poison");
        await poison.CreateAsync();
        await using var host = await StartAsync(typeof(FailingFunction), """ "maxDequeueCount": 1 """, queue: poison.Name);
        await poison.SendMessageAsync("bad");
        Assert.Equal("bad try 1", await host.Seen.NextAsync());
        await Wait.UntilAsync(() => host.Log.Any(line => line.Contains("try 1 of 1", StringComparison.Ordinal)), "the failure is logged");
        await host.StopAsync(TimeSpan.FromSeconds(5));

        Assert.False(await Client(name + "-poison-poison").ExistsAsync());
        Assert.Equal(1, (await poison.GetPropertiesAsync()).Value.ApproximateMessagesCount);
        Assert.Single(host.Seen.All);
    }

    [Fact]
    public async Task A_function_that_outlives_the_lease_keeps_its_message()
    {
        var time = new ManualTime();
        await using var host = await StartAsync(typeof(GatedFunction), time: time);
        await SendAsync("slow", whileWaiting: time);
        Assert.Equal("slow", await host.Seen.NextAsync());
        var (id, receipt) = (await host.Seen.NextAsync(), await host.Seen.NextAsync());

        // Every renewal is answered with a new receipt; the one that the function was called with opens nothing any more.
        time.Advance(TimeSpan.FromSeconds(15));
        await Wait.UntilAsync(() => host.Log.Any(line => line.Contains("stays hidden", StringComparison.Ordinal)), "the message is renewed");
        await Assert.ThrowsAsync<RequestFailedException>(() => Queue().DeleteMessageAsync(id, receipt));

        host.Seen.Gate.SetResult();
        Assert.Equal("done", await host.Seen.NextAsync());
        await EmptyAsync(Queue());
    }

    [Fact]
    public async Task Up_to_batch_and_threshold_messages_are_in_hand_at_once()
    {
        for (var i = 0; i < 12; i++)
        {
            await SendAsync($"{i}");
        }

        await using var host = await StartAsync(typeof(GatedFunction), """ "batchSize": 4, "newBatchThreshold": 2 """);
        for (var i = 0; i < 4 * 3; i++)
        {
            await host.Seen.NextAsync();
        }

        // Four are above the threshold of two: no second batch until two are done.
        Assert.Equal(8, (await Queue().PeekMessagesAsync(32)).Value.Length);
        host.Seen.Gate.SetResult();
        await EmptyAsync(Queue());
        Assert.Equal(12, host.Seen.All.Count(note => note == "done"));
    }

    [Fact]
    public async Task Many_messages_each_run_once()
    {
        const int count = 100;
        await Queue().CreateAsync();
        await Parallel.ForAsync(0, count, async (i, end) => await Queue().SendMessageAsync($"m{i}", end));
        await using var host = await StartAsync(typeof(TextFunction));
        await EmptyAsync(Queue());
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"m{i} try 1").Order(), host.Seen.All.Order());
    }

    [Fact]
    public async Task Each_message_has_a_scope_that_ends_with_it()
    {
        await using var host = await StartAsync(typeof(ScopeFunction));
        await SendAsync("1");
        await SendAsync("2");
        string[] scopes = [await host.Seen.NextAsync(), await host.Seen.NextAsync()];
        Assert.NotEqual(scopes[0], scopes[1]);
    }

    [Fact]
    public async Task Binding_data_holds_what_is_known_of_the_message()
    {
        await using var host = await StartAsync(typeof(DataFunction));
        var sent = await SendAsync("text");
        Assert.Equal($"text {sent.MessageId} 1 text", await host.Seen.NextAsync());
    }

    async Task<RunningHost> StartAsync(Type function, string queues = "", string? queue = null, TimeProvider? time = null) =>
        await RunningHost.StartAsync(
            function,
            new() { ["AzureWebJobsStorage"] = storage.ConnectionString, ["QueueName"] = queue ?? name },
            $$"""{ "version": "2.0", "extensions": { "queues": { {{queues}} } } }""",
            time: time);

    QueueClient Queue() => Client(name);

    QueueClient Client(string queue) => new(storage.ConnectionString, queue, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });

    async Task<SendReceipt> SendAsync(string text, ManualTime? whileWaiting = null)
    {
        await Queue().CreateIfNotExistsAsync();
        var receipt = (await Queue().SendMessageAsync(text)).Value;
        await Wait.UntilAsync(
            async () =>
            {
                whileWaiting?.Advance(TimeSpan.FromSeconds(2));
                return whileWaiting is null || (await Queue().PeekMessagesAsync()).Value.Length == 0;
            },
            "the message is taken");
        return receipt;
    }

    async Task<string> PoisonedAsync()
    {
        var poison = Client(name + "-poison");
        await Wait.UntilAsync(async () => await poison.ExistsAsync() && (await poison.PeekMessagesAsync(1)).Value.Length == 1, "the message is poison");
        return (await poison.ReceiveMessagesAsync()).Value.Single().Body.ToString();
    }

    static Task EmptyAsync(QueueClient queue) =>
        Wait.UntilAsync(async () => (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount == 0, "the queue is empty");

    internal sealed class TextFunction(Seen seen)
    {
        [Function("Text")]
        public void Run([QueueTrigger("%QueueName%")] string message, int dequeueCount) => seen.Note($"{message} try {dequeueCount}");
    }

    internal sealed class BytesFunction(Seen seen)
    {
        [Function("Bytes")]
        public void Run([QueueTrigger("%QueueName%")] byte[] message) => seen.Note(Encoding.UTF8.GetString(message));
    }

    internal sealed class BinaryFunction(Seen seen)
    {
        [Function("Binary")]
        public void Run([QueueTrigger("%QueueName%")] BinaryData message) => seen.Note(message.ToString());
    }

    internal sealed class MessageFunction(Seen seen)
    {
        [Function("Message")]
        public void Run([QueueTrigger("%QueueName%")] QueueMessage message) => seen.Note(message.Body.ToString());
    }

    internal sealed record Order(string UserId, int Count);

    internal sealed class JsonFunction(Seen seen)
    {
        [Function("Json")]
        public void Run([QueueTrigger("%QueueName%")] Order order) => seen.Note($"{order.UserId} {order.Count}");
    }

    internal sealed class FailingFunction(Seen seen)
    {
        [Function("Failing")]
        public async Task Run([QueueTrigger("%QueueName%")] string message, int dequeueCount)
        {
            await Task.Yield();
            seen.Note($"{message} try {dequeueCount}");
            throw new InvalidOperationException("not today");
        }
    }

    internal sealed class GatedFunction(Seen seen)
    {
        [Function("Gated")]
        public async Task Run([QueueTrigger("%QueueName%")] string message, string id, string popReceipt)
        {
            seen.Note(message);
            seen.Note(id);
            seen.Note(popReceipt);
            await seen.Gate.Task;
            seen.Note("done");
        }
    }

    internal sealed class ScopeFunction(Seen seen, Visit visit)
    {
        [Function("Scope")]
        public void Run([QueueTrigger("%QueueName%")] string message, FunctionContext context)
        {
            Assert.Same(visit, context.InstanceServices.GetRequiredService<Visit>());
            seen.Note(visit.Id.ToString());
        }
    }

    internal sealed class DataFunction(Seen seen)
    {
        [Function("Data")]
        public void Run([QueueTrigger("%QueueName%", Connection = "AzureWebJobsStorage")] string message, FunctionContext context)
        {
            var data = context.BindingContext.BindingData;
            seen.Note($"{message} {data["Id"]} {data["DequeueCount"]} {data["QueueTrigger"]}");
        }
    }
}
