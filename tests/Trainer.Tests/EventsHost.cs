using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SasRec.Trainer.Tests;

/// <summary>POST /api/events over real HTTP, keeping what it accepts by event id; a test may answer a request otherwise.</summary>
sealed class EventsHost : IAsyncDisposable
{
    readonly WebApplication app;
    int requests;

    EventsHost(WebApplication app) => this.app = app;

    public ConcurrentDictionary<string, JsonElement> Accepted { get; } = new();

    public int Requests => requests;

    public string Url => app.Urls.Single();

    public static async Task<EventsHost> StartAsync(Func<int, HttpContext, Task<bool>>? otherwise = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var host = new EventsHost(builder.Build());
        host.app.MapPost("/api/events", async (HttpContext context) =>
        {
            if (otherwise is null || !await otherwise(Interlocked.Increment(ref host.requests), context))
            {
                using var body = await JsonDocument.ParseAsync(context.Request.Body);
                foreach (var e in body.RootElement.GetProperty("events").EnumerateArray())
                {
                    host.Accepted[e.GetProperty("eventId").GetString()!] = e.Clone();
                }

                context.Response.StatusCode = StatusCodes.Status202Accepted;
            }
        });
        await host.app.StartAsync();
        return host;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
