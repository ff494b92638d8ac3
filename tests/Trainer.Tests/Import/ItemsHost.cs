using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SasRec.Trainer.Tests.Import;

/// <summary>PUT /api/items over real HTTP, keeping what it takes by id as it came; a test may say how a request is answered.</summary>
sealed class ItemsHost : IAsyncDisposable
{
    readonly WebApplication app;
    int requests;

    ItemsHost(WebApplication app) => this.app = app;

    public ConcurrentDictionary<string, string> Stored { get; } = new();

    public string Url => app.Urls.Single();

    public static async Task<ItemsHost> StartAsync(Func<int, HttpContext, Task>? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var host = new ItemsHost(builder.Build());
        host.app.MapPut("/api/items", async (HttpContext context) =>
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            await (answer?.Invoke(Interlocked.Increment(ref host.requests), context) ?? Task.CompletedTask);
            if (context.Response.StatusCode == StatusCodes.Status200OK)
            {
                foreach (var item in body.RootElement.GetProperty("items").EnumerateArray())
                {
                    host.Stored[item.GetProperty("id").GetString()!] = item.GetRawText();
                }
            }
        });
        await host.app.StartAsync();
        return host;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
