using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SasRec.Functions.Tests.Telemetry.Otlp;

namespace SasRec.Functions.Tests.Telemetry;

/// <summary>A span that arrived, with ids as hexadecimal digits.</summary>
sealed record ReceivedSpan(
    string Service, string Trace, string Id, string Parent, string Name, int Kind, IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<string> Links);

/// <summary>Takes OTLP over HTTP, as a collector does.</summary>
sealed class OtlpReceiver : IAsyncDisposable
{
    readonly WebApplication app;
    readonly ConcurrentQueue<ReceivedSpan> spans = new();
    readonly ConcurrentDictionary<string, bool> metrics = new();
    readonly ConcurrentQueue<byte[]> bodies = new();

    OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapPost("/v1/traces", async (HttpRequest request) => Take(Traces.Parser.ParseFrom(await BodyAsync(request))));
        app.MapPost("/v1/metrics", async (HttpRequest request) => Take(Metrics.Parser.ParseFrom(await BodyAsync(request))));
    }

    /// <summary>What an application is told to send here.</summary>
    public string[] Settings =>
    [
        $"OTEL_EXPORTER_OTLP_ENDPOINT={app.Urls.Single()}",
        "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
        "OTEL_BSP_SCHEDULE_DELAY=100",
        "OTEL_METRIC_EXPORT_INTERVAL=200",
    ];

    public ICollection<string> MetricNames => metrics.Keys;

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>The spans of one trace, as soon as all of the names are among them.</summary>
    public async Task<ReceivedSpan[]> TraceAsync(string trace, params string[] names)
    {
        ReceivedSpan[] Found() => [.. spans.Where(span => span.Trace == trace)];
        await Eventually.GetAsync(
            $"the trace has {string.Join(", ", names)}",
            () => Task.FromResult(string.Join(", ", Found().Select(span => span.Name))),
            found => names.All(found.Split(", ").Contains));
        return Found();
    }

    /// <summary>Whether a text occurs in anything that came.</summary>
    public bool Says(string text) => bodies.Any(body => body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    async Task<byte[]> BodyAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        bodies.Enqueue(body.ToArray());
        return body.ToArray();
    }

    void Take(Traces traces)
    {
        foreach (var resource in traces.ResourceSpans)
        {
            var service = resource.Resource.Attributes.First(a => a.Key == "service.name").Value.Text;
            foreach (var span in resource.ScopeSpans.SelectMany(scope => scope.Spans))
            {
                spans.Enqueue(new ReceivedSpan(
                    service, Hex(span.TraceId), Hex(span.SpanId), Hex(span.ParentSpanId), span.Name, span.Kind,
                    span.Attributes.ToDictionary(a => a.Key, a => a.Value.ValueCase == Value.ValueOneofCase.Text ? a.Value.Text : a.Value.ToString()),
                    [.. span.Links.Select(link => Hex(link.TraceId))]));
            }
        }
    }

    void Take(Metrics found)
    {
        foreach (var metric in found.ResourceMetrics.SelectMany(r => r.ScopeMetrics).SelectMany(s => s.Metrics))
        {
            metrics[metric.Name] = true;
        }
    }

    static string Hex(Google.Protobuf.ByteString bytes) => Convert.ToHexStringLower(bytes.Span);
}
