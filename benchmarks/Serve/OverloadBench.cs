using System.CommandLine;
using System.Globalization;
using System.Net;
using SasRec.Azurite;
using SasRec.Functions.Http;
using SasRec.Storage;

namespace SasRec.Bench.Serve;

/// <summary>Three times the requests that the app can answer: how late it answers those that it takes on, and whether health stays well.</summary>
/// <remarks>Capacity is what is answered to as many connections as the app holds before it refuses any: those in work and those
/// that wait. Client and storage emulator share the machine.</remarks>
sealed class OverloadBench : BenchVerb<OverloadResult>
{
    const int Items = 25_000, Users = 200, History = 50;
    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6), HealthEvery = TimeSpan.FromMilliseconds(200);

    readonly Option<double> seconds = new("--seconds") { Description = "How long each is measured.", DefaultValueFactory = _ => 10 };
    readonly Option<double> times = new("--times") { Description = "The load, as a multiple of capacity.", DefaultValueFactory = _ => 3 };

    public OverloadBench()
        : base("overload", "Latency of what is accepted at three times the load that the app can hold, and health meanwhile.")
    {
        Add(seconds);
        Add(times);
    }

    protected override OverloadResult Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation) =>
        MeasureAsync(TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(times), progress, cancellation).GetAwaiter().GetResult();

    protected override string Table(OverloadResult r) => string.Create(
        CultureInfo.InvariantCulture,
        $"capacity {r.CapacityPerSecond:0} requests/s, p99 {r.CapacityP99Ms:0} ms; at {r.OfferedPerSecond:0}/s: {r.AcceptedPerSecond:0}/s accepted, "
        + $"{r.RefusedPerSecond:0}/s refused, p99 {r.AcceptedP99Ms:0} ms ({r.P99Ratio:0.00} times); {r.Others} other answers; "
        + $"health asked {r.HealthAsked} times, unwell {r.HealthUnwell} times.");

    static async Task<OverloadResult> MeasureAsync(TimeSpan time, double times, TextWriter progress, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("sasrec-overload-").FullName;
        try
        {
            await using var azurite = await AzuriteServer.StartAsync(cancellation: cancellation);
            var storage = new StorageConnection(new StorageOptions { ConnectionString = azurite.ConnectionString });
            await storage.EnsureCreatedAsync(cancellation);
            await ServeBench.PublishModelAsync(storage, Items, Path.Combine(folder, "model"), cancellation);
            await ServeBench.AppendHistoriesAsync(storage, Items, Users, History, cancellation);
            await using var app = await ServedApp.StartAsync(azurite.ConnectionString, cancellation);
            using var http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = app.Address };
            string Address(int n) => string.Create(CultureInfo.InvariantCulture, $"/api/recommendations/user-{History}-{n % Users}");

            var load = new LoadOptions();
            var connections = load.Limit + load.MaxWaiting;
            await Load.RunAsync(http, connections, Address, WarmUp, cancellation);
            var capacity = await Load.RunAsync(http, connections, Address, time, cancellation);
            var rate = capacity.Requests / capacity.Seconds;
            progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"capacity: {rate:0} requests/s, p99 {capacity.P99Ms:0} ms"));

            var (asked, unwell) = (0, 0);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var health = AskHealthAsync();
            var overload = await Overload.RunAsync(http, times * rate, Address, time, cancellation);
            await stop.CancelAsync();
            await health;
            return new OverloadResult(
                rate, capacity.P99Ms, times * rate, overload.Accepted / overload.Seconds, overload.Refused / overload.Seconds, overload.P99Ms,
                overload.P99Ms / capacity.P99Ms, overload.Other, asked, unwell);

            async Task AskHealthAsync()
            {
                while (!stop.IsCancellationRequested)
                {
                    using var answer = await http.GetAsync("/api/health", cancellation);
                    (asked, unwell) = (asked + 1, unwell + (answer.IsSuccessStatusCode ? 0 : 1));
                    if (!answer.IsSuccessStatusCode)
                    {
                        progress.WriteLine($"health: {await answer.Content.ReadAsStringAsync(cancellation)}");
                    }

                    await Task.Delay(HealthEvery, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

/// <summary>What was measured.</summary>
/// <param name="CapacityPerSecond">Answers a second at capacity.</param>
/// <param name="CapacityP99Ms">Their 99th percentile.</param>
/// <param name="OfferedPerSecond">Requests a second above it.</param>
/// <param name="AcceptedPerSecond">Slates a second meanwhile.</param>
/// <param name="RefusedPerSecond">Answers of 429 a second.</param>
/// <param name="AcceptedP99Ms">The 99th percentile of what was accepted, from when it was due.</param>
/// <param name="P99Ratio">The same by that at capacity; asked for is 2 at most.</param>
/// <param name="Others">Answers that are neither.</param>
/// <param name="HealthAsked">How often health was asked meanwhile.</param>
/// <param name="HealthUnwell">How often it did not answer that all is well.</param>
sealed record OverloadResult(
    double CapacityPerSecond, double CapacityP99Ms, double OfferedPerSecond, double AcceptedPerSecond, double RefusedPerSecond,
    double AcceptedP99Ms, double P99Ratio, int Others, int HealthAsked, int HealthUnwell);
