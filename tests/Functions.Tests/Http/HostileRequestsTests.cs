using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using SasRec.Functions.Tests.OpenApi;
using SasRec.Functions.Tests.Serve;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Http;

/// <summary>Requests that mean harm, drawn from a seed over every operation: none is answered with a fault of the application, and no answer tells
/// what is behind it. By hand as many as <c>HOSTILE_REQUESTS</c> says.</summary>
public class HostileRequestsTests
{
    const int Seed = 20260115;

    static readonly int Count = Environment.GetEnvironmentVariable("HOSTILE_REQUESTS") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : 10_000;

    static readonly string[] Texts =
    [
        "", " ", "0", "-1", "1e999", "NaN", "null", "true", "9223372036854775808", "9999-12-31T23:59:59Z", "0001-01-01T00:00:01Z", "2026-13-45T00:00:00Z",
        "../../etc/passwd", "..%2f..%2f", "%00", "%ff", "'; drop table", "' or 1 eq 1", "<script>", "{{7*7}}", "a#b?c", "~~", "~0041", "\u202e", "😀", "\ud7ff",
        new string('x', 257), new string('界', 256), new string('9', 400), "2026-01-15T12:00:00", "{}", "[]",
    ];

    static readonly string[] Names =
    [
        "userId", "itemId", "eventId", "timestamp", "type", "source", "value", "recommendationId", "history", "k", "allow", "deny", "exclude", "excludeSeen",
        "temperature", "epsilon", "seed", "placement", "explain", "preview", "events", "items", "id", "title", "categories", "attributes", "reason", "by",
        "override", "exploration", "from", "to", "count", "after", "search", "force", "__proto__", "\\ud800", "\\u0000", "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkk",
    ];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_hostile_request_is_answered_with_a_fault_or_tells_what_is_behind_the_application()
    {
        await using var app = await TestApp.StartAsync("Logging:LogLevel:Default=None", "Health:Timeout=00:00:30");
        await app.ServesAsync(await new TestModel(10).PublishAsync(app.Get<ModelRegistry>()));
        var operations = ApiDescription.Operations.ToArray();
        var faults = new ConcurrentQueue<string>();
        var statuses = new ConcurrentDictionary<int, int>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancellation };
        await Parallel.ForEachAsync(Enumerable.Range(0, Count), options, async (number, token) =>
        {
            var random = new Random(Seed + number);
            var (path, method, _) = operations[random.Next(operations.Length)];
            using var request = Draw(random, path, method);
            using var response = await app.Client.SendAsync(request, token);
            var (status, answer) = ((int)response.StatusCode, await response.Content.ReadAsStringAsync(token));
            statuses.AddOrUpdate(status, 1, (_, seen) => seen + 1);
            if (Complaint(status, response.Content.Headers.ContentType, answer) is { } complaint)
            {
                faults.Enqueue($"{number}: {method} {request.RequestUri} -> {status}: {complaint}: {answer[..Math.Min(answer.Length, 300)]}");
            }
        });

        Assert.True(faults.IsEmpty, $"{faults.Count} faults:\n{string.Join('\n', faults.Take(5))}");

        // A machine that is busy with something else may be slow to answer for storage, which is told; hardly ever.
        Assert.True(statuses.GetValueOrDefault(503) < Count / 100, $"503: {statuses.GetValueOrDefault(503)}");

        // They came through to the application, and some of each kind.
        Assert.All([200, 400, 404], status => Assert.True(statuses.GetValueOrDefault(status) > 50, $"{status}: {statuses.GetValueOrDefault(status)}"));
        await app.PostAsync("/api/events", new { events = new[] { new { userId = "u", itemId = "i" } } }, 202);
    }

    static string? Complaint(int status, MediaTypeHeaderValue? type, string answer) =>
        status is 500 or 502 || (status == 503 && !answer.Contains("Storage is out of reach.", StringComparison.Ordinal)) ? "a fault"
        : status == 400 && answer.Length > 0 && type?.MediaType != "application/problem+json" ? "a 400 that is no problem+json"
        : answer.Contains("   at ", StringComparison.Ordinal) || answer.Contains("Exception", StringComparison.Ordinal) ? "a stack"
        : answer.Contains("devstoreaccount1", StringComparison.Ordinal) || answer.Contains("AccountKey", StringComparison.Ordinal) ? "the account"
        : answer.Contains(AppContext.BaseDirectory[..8], StringComparison.Ordinal) ? "a path"
        : status == 400 && answer.Length > 100_000 ? "a mirror"
        : null;

    static HttpRequestMessage Draw(Random random, string path, string method)
    {
        while (path.IndexOf('{', StringComparison.Ordinal) is var at and >= 0)
        {
            path = path[..at] + Uri.EscapeDataString(Pick(random, Texts) is { Length: > 0 } text ? text : "u") + path[(path.IndexOf('}', StringComparison.Ordinal) + 1)..];
        }

        var query = string.Join('&', Enumerable.Range(0, random.Next(4)).Select(_ =>
            $"{Uri.EscapeDataString(Pick(random, Names))}={Uri.EscapeDataString(Pick(random, Texts))}"));
        var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), $"/api{path}{(query.Length > 0 ? "?" + query : "")}");
        if (method is "post" or "put" || random.Next(8) == 0)
        {
            request.Content = new ByteArrayContent(Body(random));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", random.Next(3) == 0 ? Uri.EscapeDataString(Pick(random, Texts)) : "application/json");
        }

        if (random.Next(10) == 0)
        {
            // The client sends ASCII only.
            request.Headers.TryAddWithoutValidation("Idempotency-Key", Uri.EscapeDataString(Pick(random, Texts)));
        }

        return request;
    }

    static byte[] Body(Random random)
    {
        var json = Encoding.UTF8.GetBytes(random.Next(3) switch
        {
            0 => Json(random, 0),
            1 => "{\"events\":[" + Json(random, 2) + "," + Json(random, 2) + "]}",
            _ => "{\"items\":[" + Json(random, 2) + "]}",
        });
        switch (random.Next(6))
        {
            case 0 when json.Length > 2:
                return json[..random.Next(json.Length)];
            case 1:
                json[random.Next(json.Length)] = (byte)random.Next(256);
                return json;
            case 2:
                return Encoding.UTF8.GetBytes(new string('[', random.Next(2_000)));
            default:
                return json;
        }
    }

    static string Json(Random random, int depth) => random.Next(depth > 3 ? 6 : 9) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 => random.NextInt64(long.MinValue, long.MaxValue).ToString(CultureInfo.InvariantCulture),
        3 => "1e" + random.Next(400).ToString(CultureInfo.InvariantCulture),
        4 => "\"\\ud800\"",
        5 => System.Text.Json.JsonSerializer.Serialize(Pick(random, Texts)),
        6 => "[" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Json(random, depth + 1))) + "]",
        _ => "{" + string.Join(',', Enumerable.Range(0, random.Next(6)).Select(_ => $"\"{Pick(random, Names)}\":{Json(random, depth + 1)}")) + "}",
    };

    static string Pick(Random random, string[] texts) => texts[random.Next(texts.Length)];
}
