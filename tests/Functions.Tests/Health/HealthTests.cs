using System.Diagnostics;
using System.Net;
using System.Text.Json;
using SasRec.Azurite;
using SasRec.Core.Events;
using SasRec.Functions.Tests.Serve;
using SasRec.Storage;
using SasRec.Storage.Messages;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Health;

public class HealthTests(SharedApp shared)
{
    [Fact]
    public async Task A_message_that_fails_too_often_is_kept_counted_and_replayed()
    {
        await using var app = await TestApp.StartAsync(
            "Health:KeepFor=00:00:00", "AzureFunctionsJobHost:extensions:queues:maxDequeueCount=2", "Logging:LogLevel:Default=None");
        await new TestModel(10).PublishAsync(app.Get<ModelRegistry>());
        await Eventually.TrueAsync("all is well", async () => (await app.HealthAsync()).GetProperty("status").GetString() == "healthy");

        await app.Storage.Queue(Names.InteractionsQueue).SendMessageAsync("no interactions");
        var report = await Eventually.GetAsync("the message is counted", app.HealthAsync, r => Poison(r) == 1);
        Assert.Equal("degraded", report.GetProperty("status").GetString());
        Assert.Contains("1 messages of the queue interactions failed repeatedly", report.GetProperty("problems")[0].GetString(), StringComparison.Ordinal);
        var failed = await app.Storage.Queue(Names.InteractionsQueue + Names.PoisonSuffix).PeekMessageAsync();
        Assert.Equal("no interactions", failed.Value.Body.ToString());

        // What can be appended by now leaves the poison queue; what still cannot comes back to it.
        var good = new Interaction { EventId = "e", UserId = "u", ItemId = "i", Timestamp = DateTimeOffset.UtcNow };
        await app.Storage.Queue(Names.InteractionsQueue + Names.PoisonSuffix)
            .SendMessageAsync(JsonSerializer.Serialize(new[] { good }, JsonSerializerOptions.Web));
        Assert.Equal(2, await app.Get<PoisonMessages>().ReplayAsync(Names.InteractionsQueue));
        await Eventually.TrueAsync("the good message is appended", async () =>
            (await app.GetAsync("/api/users/u")).GetProperty("interactions").GetArrayLength() == 1);
        await Eventually.TrueAsync("the bad one is back", async () => Poison(await app.HealthAsync()) == 1);
    }

    [Fact]
    public async Task Without_storage_recommendations_go_on_and_everything_else_says_what_is_wrong()
    {
        await using var azurite = await AzuriteServer.StartAsync();
        await using var app = await TestApp.StartAsync(
            azurite, "Storage:RequestTimeout=00:00:04", "Health:Patience=00:00:01", "Serve:ImpressionTimeout=00:00:00.5", "Logging:LogLevel:Default=None");
        await new TestModel(10).PublishAsync(app.Get<ModelRegistry>());
        await Eventually.TrueAsync("all is well", async () => (await app.HealthAsync()).GetProperty("status").GetString() == "healthy");
        await azurite.DisposeAsync();

        var clock = Stopwatch.StartNew();
        Assert.Equal("alive", (await app.GetAsync("/api/health", 503)).GetProperty("status").GetString());
        var report = await app.GetAsync("/api/status", 503);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
        Assert.Equal("unhealthy", report.GetProperty("status").GetString());
        Assert.All(report.GetProperty("storage").EnumerateObject(), service => Assert.Equal(JsonValueKind.False, service.Value.ValueKind));
        Assert.Contains(report.GetProperty("problems").EnumerateArray(), p => p.GetString()!.StartsWith("The table service ", StringComparison.Ordinal));
        Assert.DoesNotContain("devstoreaccount1", report.GetRawText(), StringComparison.Ordinal);

        var slate = await app.PostAsync("/api/recommendations", new { history = new[] { "item 1" }, k = 3 }, 200);
        Assert.Equal(3, slate.GetProperty("items").GetArrayLength());
        Assert.False(slate.GetProperty("logged").GetBoolean());
        clock.Restart();
        await Task.WhenAll(
            app.GetAsync("/api/users", 503),
            app.GetAsync("/api/users/u", 503),
            app.GetAsync("/api/runs", 503),
            app.GetAsync("/api/runs/r", 503),
            app.PostAsync("/api/messages/replay", "", 503),
            app.GetAsync("/api/models", 503),
            app.PostAsync("/api/models/v/activate", new { reason = "it was better" }, 503),
            app.PostAsync("/api/retrain?force=true", "", 503),
            app.PostAsync("/api/events", new { events = new[] { new { eventId = "e", userId = "u", itemId = "i" } } }, 503));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
    }

    [Fact]
    public async Task Anybody_may_ask_and_is_given_the_same_answer_for_a_while()
    {
        await using var app = await shared.App.StartAnotherAsync("Health:KeepFor=00:01:00");
        using var anybody = new HttpClient { BaseAddress = app.Client.BaseAddress };
        var first = await anybody.GetStringAsync("/api/health");
        Assert.Equal(first, await anybody.GetStringAsync("/api/health"));

        // Nothing of versions, queues, runs or failures.
        Assert.Contains(first, new[] { """{"status":"ready"}""", """{"status":"alive"}""" });
        Assert.Equal(HttpStatusCode.Unauthorized, (await anybody.GetAsync("/api/status")).StatusCode);
    }

    static int Poison(JsonElement report) =>
        report.GetProperty("queues").GetProperty(Names.InteractionsQueue) is { ValueKind: JsonValueKind.Object } queue ? queue.GetProperty("poison").GetInt32() : -1;
}
