using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace SasRec.Bench.Chaos;

/// <summary>Clients of a system in trouble: writers that repeat until they are told 202, and readers that take what they get.</summary>
sealed class ChaosClients(Uri address, string key, int seed) : IDisposable
{
    const int Users = 50;
    const int Items = 40;

    readonly HttpClient http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(15), DefaultRequestHeaders = { { "x-functions-key", key } } };
    int acknowledged;

    /// <summary>What was acknowledged, by user: how many events.</summary>
    public ConcurrentDictionary<string, int> Acknowledged { get; } = new();

    /// <summary>How many answers had each status; 0 for none.</summary>
    public ConcurrentDictionary<int, int> Statuses { get; } = new();

    /// <summary>How many answers were of what is popular, before any model had answered.</summary>
    public int StandIns;

    /// <summary>The versions that answered; what is popular too, if a model had answered before: then nothing should stand in for one.</summary>
    public ConcurrentDictionary<string, int> Versions { get; } = new();

    /// <summary>How long each degraded answer took, in milliseconds.</summary>
    public ConcurrentBag<double> DegradedMs { get; } = [];

    /// <summary>How many events were acknowledged.</summary>
    public int Events => acknowledged;

    public void Dispose() => http.Dispose();

    /// <summary>Writes until it is told to stop; a batch that is not acknowledged then counts as nothing.</summary>
    public async Task WriteAsync(int writer, CancellationToken stop)
    {
        var random = new Random(seed + writer);
        for (var batch = 0; !stop.IsCancellationRequested; batch++)
        {
            // Users of its own, so that what one writer does not know of, another does not confuse.
            var user = $"w{writer}-u{random.Next(Users)}";
            var first = random.Next(Items);
            var events = Enumerable.Range(0, 3).Select(i => new { userId = user, itemId = $"item {(first + i) % Items}" }).ToArray();
            while (!await TryAsync(events, $"{writer}-{batch}"))
            {
                if (stop.IsCancellationRequested)
                {
                    // It may have arrived: this user's count is not known any longer.
                    Acknowledged[user] = -1_000_000;
                    return;
                }

                await Task.Delay(200, CancellationToken.None);
            }

            Acknowledged.AddOrUpdate(user, events.Length, (_, before) => before + events.Length);
            Interlocked.Add(ref acknowledged, events.Length);
            await Task.Delay(50, CancellationToken.None);
        }
    }

    /// <summary>Asks for recommendations until it is told to stop.</summary>
    public async Task ReadAsync(int reader, CancellationToken stop)
    {
        var random = new Random(seed - reader);
        while (!stop.IsCancellationRequested)
        {
            var served = !Versions.IsEmpty;
            var asked = Stopwatch.GetTimestamp();
            var (status, answer) = await SendAsync(HttpMethod.Get, $"api/recommendations/w0-u{random.Next(Users)}?k=5", null);
            if (status == 200)
            {
                var version = answer.GetProperty("modelVersion").GetString()!;
                if (version == LoadedModel.PopularityVersion && !served)
                {
                    Interlocked.Increment(ref StandIns);
                }
                else
                {
                    Versions.AddOrUpdate(version, 1, (_, seen) => seen + 1);
                }

                if (answer.GetProperty("degraded").GetBoolean())
                {
                    DegradedMs.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
                }
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>Sends one request; what comes of it is counted.</summary>
    public async Task<(int Status, JsonElement Answer)> SendAsync(HttpMethod method, string path, object? body, string? idempotencyKey = null)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
            if (idempotencyKey is not null)
            {
                request.Headers.Add("Idempotency-Key", idempotencyKey);
            }

            using var response = await http.SendAsync(request);
            Statuses.AddOrUpdate((int)response.StatusCode, 1, (_, seen) => seen + 1);
            var answer = response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted ? await response.Content.ReadFromJsonAsync<JsonElement>() : default;
            return ((int)response.StatusCode, answer);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException or JsonException)
        {
            Statuses.AddOrUpdate(0, 1, (_, seen) => seen + 1);
            return (0, default);
        }
    }

    async Task<bool> TryAsync(object events, string idempotencyKey) =>
        (await SendAsync(HttpMethod.Post, "api/events", new { events }, idempotencyKey)).Status == 202;
}
