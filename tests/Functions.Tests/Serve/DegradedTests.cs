using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SasRec.Azurite;
using SasRec.Storage;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Serve;

/// <summary>Storage that hangs: the emulator is stopped as a process, so that it takes connections and answers none.</summary>
public sealed class DegradedTests : IDisposable
{
    // When storage itself is given up.
    static readonly TimeSpan StorageTimeout = TimeSpan.FromSeconds(4);

    readonly ScratchFolder scratch = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task While_storage_hangs_a_known_user_is_served_from_the_last_history_and_events_are_told_to_come_back()
    {
        await using var azurite = await AzuriteServer.StartAsync(cancellation: Cancellation);
        await using var app = await TestApp.StartAsync(azurite, "Storage:RequestTimeout=00:00:04", "Serve:HistoryTimeout=00:00:00.2", "Serve:ImpressionTimeout=00:00:02", "Logging:LogLevel:Default=None");
        var version = await new TestModel(10).PublishAsync(app.Get<ModelRegistry>());
        await app.ServesAsync(version);
        await app.PostAsync("/api/events", new { events = new[] { new { userId = "ann", itemId = "item 1" }, new { userId = "ann", itemId = "item 2" } } }, 202);
        await Eventually.TrueAsync("her history is read", async () =>
            await app.GetAsync("/api/recommendations/ann?preview=true") is var read && !read.GetProperty("degraded").GetBoolean()
            && read.GetProperty("source").GetString() == "sasrec");

        await Signal(azurite, "STOP");
        try
        {
            // What was read a moment before still counts as read.
            await Eventually.TrueAsync("the history that was just read is no longer shared", async () =>
                (await app.GetAsync("/api/recommendations/ann?preview=true")).GetProperty("degraded").GetBoolean());
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < 8; i++)
            {
                var known = await app.GetAsync("/api/recommendations/ann?k=3");
                Assert.True(known.GetProperty("degraded").GetBoolean());
                Assert.False(known.GetProperty("logged").GetBoolean());
                Assert.Equal("sasrec", known.GetProperty("source").GetString());
                Assert.DoesNotContain("item 1", known.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()));
            }

            Assert.InRange(clock.Elapsed, TimeSpan.Zero, 8 * StorageTimeout / 2);
            var stranger = await app.GetAsync("/api/recommendations/bob");
            Assert.Equal(("popularity", true), (stranger.GetProperty("source").GetString(), stranger.GetProperty("degraded").GetBoolean()));

            using var refused = await app.Client.PostAsJsonAsync("/api/events", new { events = new[] { new { userId = "ann", itemId = "item 3" } } }, Cancellation);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 10);
        }
        finally
        {
            await Signal(azurite, "CONT");
        }

        await Eventually.TrueAsync("storage is asked again", async () =>
            !(await app.GetAsync("/api/recommendations/ann?preview=true")).GetProperty("degraded").GetBoolean());
    }

    [Fact]
    public async Task A_new_instance_without_storage_starts_from_what_its_machine_used_last()
    {
        var azurite = await AzuriteServer.StartAsync(cancellation: Cancellation);
        var cache = scratch.File("cache");
        string version;
        try
        {
            await using var first = await TestApp.StartAsync(azurite, $"Serve:ModelCache={cache}");
            version = await new TestModel(10).PublishAsync(first.Get<ModelRegistry>());
            await first.ServesAsync(version);
        }
        finally
        {
            await azurite.DisposeAsync();
        }

        await using var second = await FunctionsProcess.StartAsync(
        [
            $"AzureWebJobsStorage={azurite.ConnectionString}", "RetrainSchedule=0 0 0 1 1 *", $"Serve:ModelCache={cache}", "Logging:LogLevel:Default=None",
            "Serve:StartTimeout=00:01:00", "Items:StartTimeout=00:01:00",
        ]);
        using var client = new HttpClient { BaseAddress = second.Address, Timeout = TimeSpan.FromMinutes(2) };
        using var answer = await client.PostAsJsonAsync("/api/recommendations", new { history = new[] { "item 1" }, k = 3 }, Cancellation);
        var slate = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal((HttpStatusCode.OK, version), (answer.StatusCode, slate.GetProperty("modelVersion").GetString()));
        Assert.False(slate.GetProperty("logged").GetBoolean());
    }

    static async Task Signal(AzuriteServer azurite, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{azurite.ProcessId}"]);
        await kill.WaitForExitAsync(CancellationToken.None);
    }
}
