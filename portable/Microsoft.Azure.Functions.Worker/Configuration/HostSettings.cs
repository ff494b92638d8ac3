using System.Globalization;
using System.Numerics;
using Microsoft.Extensions.Configuration;

namespace SasRec.Portable.LocalHost.Configuration;

/// <summary>host.json, with <c>AzureFunctionsJobHost__*</c> settings over it.</summary>
sealed record HostSettings
{
    public required HttpSettings Http { get; init; }

    public required QueueSettings Queues { get; init; }

    public required SingletonSettings Singleton { get; init; }

    /// <summary>How long one invocation may take; null for as long as it likes.</summary>
    public required TimeSpan? FunctionTimeout { get; init; }

    /// <summary>The <c>logging</c> section, as the logging system reads it.</summary>
    public required IConfiguration Logging { get; init; }

    /// <exception cref="InvalidDataException">host.json is no JSON or not version 2.0, or a value is out of range.</exception>
    public static HostSettings Read(string? path, IConfiguration settings)
    {
        var json = new ConfigurationBuilder();
        if (path is not null)
        {
            json.AddJsonFile(path, optional: false);
        }

        IConfiguration file;
        try
        {
            file = json.Build();
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            throw new InvalidDataException($"{path} is not valid JSON: {e.InnerException?.Message ?? e.Message}", e);
        }

        if (path is not null && file["version"] is not "2.0")
        {
            throw new InvalidDataException($"{path}: version must be \"2.0\", found {(file["version"] is { } v ? $"\"{v}\"" : "none")}.");
        }

        var values = new HostValues(settings.GetSection("AzureFunctionsJobHost"), file);
        return new HostSettings
        {
            Http = HttpSettings.Read(values, settings),
            Queues = QueueSettings.Read(values),
            Singleton = SingletonSettings.Read(values),
            FunctionTimeout = values.Text("functionTimeout") is "-1" or null
                ? null
                : values.Span("functionTimeout", TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)),
            Logging = file.GetSection("logging"),
        };
    }
}

/// <summary><c>extensions.http</c> of host.json.</summary>
/// <param name="RoutePrefix">What every route begins with; default <c>api</c>.</param>
/// <param name="MaxConcurrentRequests">How many requests run at once; -1 for any number.</param>
/// <param name="MaxOutstandingRequests">How many run or wait before the next is refused with 429; -1 for any number.</param>
/// <param name="MaxRequestBodySize">In bytes; the setting FUNCTIONS_REQUEST_BODY_SIZE_LIMIT, default 100 MiB.</param>
sealed record HttpSettings(string RoutePrefix, int MaxConcurrentRequests, int MaxOutstandingRequests, long MaxRequestBodySize)
{
    public static HttpSettings Read(HostValues values, IConfiguration settings) => new(
        (values.Text("extensions:http:routePrefix") ?? "api").Trim('/'),
        values.Number("extensions:http:maxConcurrentRequests", -1, -1, 100_000),
        values.Number("extensions:http:maxOutstandingRequests", -1, -1, 1_000_000),
        new HostValues(settings).Number("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", 104_857_600L, 1L, 4_294_967_296L));
}

/// <summary><c>extensions.queues</c> of host.json.</summary>
/// <param name="BatchSize">How many messages one read takes, 1 to 32.</param>
/// <param name="NewBatchThreshold">The next batch is read when no more than this many messages are in hand.</param>
/// <param name="MaxDequeueCount">How often a message is tried before it goes to the poison queue.</param>
/// <param name="VisibilityTimeout">How long a message rests after a failure.</param>
/// <param name="MaxPollingInterval">The longest wait between two reads of an empty queue.</param>
/// <param name="Base64">Whether a message's text is base64.</param>
sealed record QueueSettings(
    int BatchSize, int NewBatchThreshold, int MaxDequeueCount, TimeSpan VisibilityTimeout, TimeSpan MaxPollingInterval, bool Base64)
{
    public static QueueSettings Read(HostValues values)
    {
        var batchSize = values.Number("extensions:queues:batchSize", 16, 1, 32);
        return new(
            batchSize,
            values.Number("extensions:queues:newBatchThreshold", batchSize / 2 * Environment.ProcessorCount, 0, 10_000),
            values.Number("extensions:queues:maxDequeueCount", 5, 1, 1_000_000),
            values.Span("extensions:queues:visibilityTimeout", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromDays(7)),
            values.Span("extensions:queues:maxPollingInterval", TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
            values.Choice("extensions:queues:messageEncoding", "base64", "none") == "base64");
    }
}

/// <summary><c>singleton</c> of host.json: which host runs a timer.</summary>
/// <param name="ListenerLockPeriod">How long a host that died keeps its timers, 15 s to 60 s.</param>
/// <param name="ListenerLockRecoveryPollingInterval">How often a host that stands by asks for them.</param>
sealed record SingletonSettings(TimeSpan ListenerLockPeriod, TimeSpan ListenerLockRecoveryPollingInterval)
{
    public static SingletonSettings Read(HostValues values) => new(
        values.Span("singleton:listenerLockPeriod", TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60)),
        values.Span("singleton:listenerLockRecoveryPollingInterval", TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)));
}

/// <summary>Reads single values, from the first layer that has them, and says which one is wrong.</summary>
sealed class HostValues(params IConfiguration[] layers)
{
    public string? Text(string name) => layers.Select(layer => layer[name]).FirstOrDefault(text => text is not null);

    public T Number<T>(string name, T standard, T least, T most) where T : IBinaryInteger<T>
    {
        if (Text(name) is not { } text)
        {
            return standard;
        }

        return T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw Wrong(name, $"a whole number from {least} to {most}", text);
    }

    public TimeSpan Span(string name, TimeSpan standard, TimeSpan least, TimeSpan most)
    {
        if (Text(name) is not { } text)
        {
            return standard;
        }

        return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw Wrong(name, $"a time span (hh:mm:ss) from {least:c} to {most:c}", text);
    }

    public string Choice(string name, params string[] choices)
    {
        var text = Text(name) ?? choices[0];
        return choices.FirstOrDefault(c => c.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? throw Wrong(name, string.Join(" or ", choices), text);
    }

    static InvalidDataException Wrong(string name, string range, string found) =>
        new($"host.json: {name.Replace(':', '.')} must be {range}, found '{found}'.");
}
