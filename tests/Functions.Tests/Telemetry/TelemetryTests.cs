using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Reflection;
using SasRec.Functions.Serve;
using SasRec.Functions.Tests.Serve;
using SasRec.Storage.Models;
using SasRec.Storage.Telemetry;
using SasRec.Storage.Training;

namespace SasRec.Functions.Tests.Telemetry;

/// <summary>One trace from a request to the log and into another process, over OTLP.</summary>
public sealed class TelemetryTests : IAsyncLifetime
{
    const string User = "somebody whose name must not be told";

    OtlpReceiver receiver = null!;
    TestApp app = null!;

    public async ValueTask InitializeAsync()
    {
        receiver = await OtlpReceiver.StartAsync();
        app = await TestApp.StartAsync([.. receiver.Settings, $"Trainer:Command=dotnet \"{Trainer()}\" run --json"]);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task An_event_is_one_trace_from_the_request_to_the_log()
    {
        var trace = await SendAsync(HttpMethod.Post, "/api/events", new { events = new[] { new { userId = User, itemId = "item 1" } } });
        var spans = await receiver.TraceAsync(
            trace, "POST /api/events", "Invoke", "send interactions", "process interactions", "append Interactions");
        var send = spans.Single(s => s.Name == "send interactions");
        var process = spans.Single(s => s.Name == "process interactions");
        Assert.Equal((4, 5), (send.Kind, process.Kind)); // producer, consumer
        Assert.Equal(send.Id, process.Parent);
        Assert.Equal(process.Id, spans.Single(s => s.Name == "append Interactions").Parent);
        Assert.Equal("interactions", process.Attributes["messaging.destination.name"]);
        Assert.NotEqual(trace, Assert.Single(process.Links)); // the invocation that the queue triggered
        Assert.Equal("/api/events", spans.Single(s => s.Name == "POST /api/events").Attributes["http.route"]);
        Assert.False(receiver.Says(User));
    }

    [Fact]
    public async Task A_slate_names_its_model_and_leads_to_the_run_that_made_it()
    {
        const string Run = "0af7651916cd43dd8448eb211c80319c";
        var version = await new TestModel(20).PublishAsync(app.Get<ModelRegistry>(), traceParent: $"00-{Run}-b7ad6b7169203331-01");
        await app.ServesAsync(version);
        var trace = await SendAsync(HttpMethod.Get, $"/api/recommendations/{Uri.EscapeDataString(User)}?k=3");
        var spans = await receiver.TraceAsync(
            trace, "GET /api/recommendations/{userId}", "recommend", "read Interactions", "send impressions", "process impressions", "append Impressions");
        var slate = spans.Single(s => s.Name == "recommend");
        Assert.Equal(version, slate.Attributes["sasrec.model.version"]);
        Assert.Equal(Run, Assert.Single(slate.Links));
        Assert.False(receiver.Says(User));
        Assert.False(receiver.Says(Uri.EscapeDataString(User)));
    }

    [Fact]
    public async Task A_retrain_is_one_trace_from_the_request_into_the_trainers_process()
    {
        var trace = await SendAsync(HttpMethod.Post, "/api/retrain?force=true");
        var spans = await receiver.TraceAsync(trace, "POST /api/retrain", "start retrain", "retrain", "snapshot");
        var run = spans.Single(s => s.Name == "retrain");
        Assert.Equal(("sasrec-functions", "sasrec-trainer"), (spans.Single(s => s.Name == "start retrain").Service, run.Service));
        Assert.Equal(spans.Single(s => s.Name == "start retrain").Id, run.Parent);
        Assert.Equal(run.Id, spans.Single(s => s.Name == "snapshot").Parent);
        var record = (await app.Get<RunLog>().GetAsync(run.Attributes["sasrec.run.id"]))!;
        Assert.Equal($"00-{trace}-{run.Id}-01", record.TraceParent);
    }

    [Fact]
    public async Task Measurements_of_the_loop_arrive()
    {
        await SendAsync(HttpMethod.Post, "/api/events", new { events = new[] { new { userId = User, itemId = "item 1" } } });
        string[] expected =
        [
            "http.server.request.duration", "messaging.client.sent.messages", "messaging.process.duration",
            "sasrec.event.freshness", "sasrec.queue.age", "sasrec.queue.poison",
        ];
        await Eventually.GetAsync("they arrive", () => Task.FromResult(receiver.MetricNames), found => expected.All(found.Contains));
    }

    [Fact]
    public void The_documentation_lists_every_instrument_and_every_span()
    {
        var page = File.ReadAllText(SettingsTests.RepositoryFile("docs/telemetry.md"));
        var instruments = typeof(Instruments).GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Select(p => p.GetValue(null)).OfType<Instrument>().ToDictionary(i => i.Name);
        var rows = page.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]).ToArray();
        var spans = typeof(Spans).GetFields().Select(f => (string)f.GetRawConstantValue()!);
        Assert.Equal(instruments.Keys.Append("http.server.request.duration").Concat(spans).Order(), rows.Order());
        Assert.All(instruments.Values, i => Assert.Contains($"| `{i.Name}` | {i.Unit} |", page, StringComparison.Ordinal));
    }

    /// <summary>Sends a request in a trace of its own.</summary>
    /// <returns>The trace's id.</returns>
    async Task<string> SendAsync(HttpMethod method, string path, object? body = null)
    {
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
        using var response = await app.Client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return trace;
    }

    static string Trainer()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, "SasRec.Trainer", here.Name, "SasRec.Trainer.dll");
    }
}
