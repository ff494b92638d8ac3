using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SasRec.Functions.Tests.Clients;

/// <summary>What a generated client sends and gets: to be held against what it was told to send, and what it makes of the answer.</summary>
sealed class Wire() : DelegatingHandler(new SocketsHttpHandler())
{
    public string? Sent { get; private set; }

    public string Answered { get; private set; } = "";

    /// <summary>Where two JSON texts differ; null where they say the same. A field that is absent and one that is null are the same.</summary>
    public static string? Difference(string expected, string found) => Difference(JsonNode.Parse(expected), JsonNode.Parse(found), "$");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Sent = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        var response = await base.SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        Answered = await response.Content.ReadAsStringAsync(cancellationToken);
        return response;
    }

    static string? Difference(JsonNode? expected, JsonNode? found, string at) => (expected, found) switch
    {
        (null, null) => null,
        (JsonObject a, JsonObject b) => a.Select(field => field.Key).Union(b.Select(field => field.Key))
            .Select(name => Difference(a[name], b[name], $"{at}.{name}")).FirstOrDefault(difference => difference is not null),
        (JsonArray a, JsonArray b) when a.Count == b.Count => a.Zip(b).Select((pair, i) => Difference(pair.First, pair.Second, $"{at}[{i}]")).FirstOrDefault(difference => difference is not null),
        (JsonValue a, JsonValue b) when Same(a, b) => null,
        _ => $"{at}: expected {expected?.ToJsonString() ?? "nothing"}, found {found?.ToJsonString() ?? "nothing"}",
    };

    static bool Same(JsonValue a, JsonValue b) => (a.GetValueKind(), b.GetValueKind()) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => Number(a) == Number(b),
        (JsonValueKind.String, JsonValueKind.String) => (string?)a == (string?)b || (Time(a) is { } time && time == Time(b)),
        var (one, other) => one == other,
    };

    static double Number(JsonValue value) => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);

    static DateTimeOffset? Time(JsonValue value) =>
        DateTimeOffset.TryParse((string?)value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
