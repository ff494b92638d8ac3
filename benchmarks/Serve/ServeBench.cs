using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using SasRec.Azurite;
using SasRec.Core.Events;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Functions.Inference;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Models;
using SasRec.Trainer.Publish;

namespace SasRec.Bench.Serve;

/// <summary>Recommendations over HTTP from the app as it deploys, storage emulator and client beside it on the same machine.</summary>
/// <remarks>Every request asks for another user than the ones before it, so that none shares a read of the history.</remarks>
sealed class ServeBench : BenchVerb<ServeResult>
{
    const int UsualHistory = 50;
    static readonly int[] Histories = [5, UsualHistory, 200];
    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    const int MaxWarmUps = 8;
    static readonly TimeSpan LongestLoad = TimeSpan.FromMinutes(2);
    static readonly int[] ConnectionCounts = [1, 8, 64];

    readonly Option<int[]> items = new("--items")
    {
        Description = "Catalogue sizes.", DefaultValueFactory = _ => [25_000, 1_000_000], AllowMultipleArgumentsPerToken = true,
    };

    readonly Option<int> users = new("--users") { Description = "Users with a history of each length.", DefaultValueFactory = _ => 200 };
    readonly Option<double> seconds = new("--seconds") { Description = "How long each is measured.", DefaultValueFactory = _ => 3 };
    readonly Option<bool> quick = new("--quick") { Description = "Histories of 50 at 8 connections alone." };

    public ServeBench()
        : base("serve", "Requests a second, latency, processor time and memory of recommendations over HTTP, by catalogue, history and connections.")
    {
        Add(items);
        Add(users);
        Add(seconds);
        Add(quick);
    }

    protected override ServeResult Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation) =>
        MeasureAsync(parsed, progress, cancellation).GetAwaiter().GetResult();

    protected override string Table(ServeResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{string.Join('\n', result.Points)}\n  {result.RequestsPerSecond:0} requests/s, processor time {result.HostCpuRatio:0.00} of the bound; largest catalogue: p99 {result.MillionP99Ms:0.0} ms, {result.MillionMegabytes:0} MB");

    async Task<ServeResult> MeasureAsync(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var time = TimeSpan.FromSeconds(parsed.GetValue(seconds));
        var histories = parsed.GetValue(quick) ? [UsualHistory] : Histories;
        int[] connections = parsed.GetValue(quick) ? [8] : ConnectionCounts;
        List<ServePoint> points = [];
        var megabytes = 0.0;
        string Address(int length, int n, bool logged) => string.Create(
            CultureInfo.InvariantCulture, $"/api/recommendations/user-{length}-{n % parsed.GetValue(users)}{(logged ? "" : "?preview=true")}");
        foreach (var count in parsed.GetValue(items)!)
        {
            var folder = Directory.CreateTempSubdirectory("sasrec-serve-").FullName;
            try
            {
                await using var azurite = await AzuriteServer.StartAsync(cancellation: cancellation);
                var storage = new StorageConnection(new StorageOptions { ConnectionString = azurite.ConnectionString });
                await storage.EnsureCreatedAsync(cancellation);
                progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count:N0} items: publishing a model"));
                await PublishModelAsync(storage, count, Path.Combine(folder, "model"), cancellation);
                progress.WriteLine("writing histories");
                foreach (var length in histories)
                {
                    await AppendHistoriesAsync(storage, count, parsed.GetValue(users), length, cancellation);
                }

                using var network = new OnnxNetwork(Path.Combine(folder, "model", Names.ModelBlobs.Network), count);
                await using var app = await ServedApp.StartAsync(azurite.ConnectionString, cancellation);
                using var http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = app.Address };
                using var emulator = Process.GetProcessById(azurite.ProcessId);

                var loading = await LoadedAsync(http, Address(histories[^1], 0, logged: false), cancellation);
                progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"loaded {loading:0.0} s after the app listened"));
                await WarmAsync(app, http, n => Address(histories[^1], n, logged: true), cancellation);
                foreach (var length in histories)
                {
                    var bare = BareMs(network, count, length);
                    foreach (var connection in connections)
                    {
                        foreach (var logged in connection == 8 ? new[] { false, true } : [true])
                        {
                            points.Add(await PointAsync(count, length, connection, logged, bare));
                            progress.WriteLine(points[^1]);
                        }
                    }
                }

                megabytes = app.WorkerPeakBytes / 1e6;

                async Task<ServePoint> PointAsync(int count, int length, int connection, bool logged, double bare)
                {
                    string Request(int n) => Address(length, n, logged);
                    await Load.RunAsync(http, connection, Request, time / 3, cancellation);
                    emulator.Refresh();
                    var (worker, host, storing) = (app.WorkerSeconds, app.HostSeconds, emulator.TotalProcessorTime.TotalSeconds);
                    var load = await Load.RunAsync(http, connection, Request, time, cancellation);
                    emulator.Refresh();
                    double PerRequest(double seconds) => seconds / load.Requests * 1000;
                    var working = PerRequest(app.WorkerSeconds - worker);
                    return new ServePoint(
                        count, length, connection, logged, bare, working + PerRequest(app.HostSeconds - host), working,
                        PerRequest(emulator.TotalProcessorTime.TotalSeconds - storing), load.Requests / load.Seconds, load.P50Ms, load.P99Ms);
                }
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        var usual = points.Find(p => p.History == UsualHistory && p.Connections == 8 && p.Logged)!;
        var largest = points.FindLast(p => p.History == UsualHistory && p.Connections == connections[0] && p.Logged)!;
        return new ServeResult(
            points, usual.RequestsPerSecond, usual.HostCpuMs / ((2 * usual.BareMs) + 0.5), largest.P99Ms, megabytes);
    }

    // A large model takes longer to load than a request waits.
    static async Task<double> LoadedAsync(HttpClient http, string path, CancellationToken cancellation)
    {
        for (var start = Stopwatch.GetTimestamp(); ; await Task.Delay(100, cancellation))
        {
            using var answer = await http.GetAsync(path, cancellation);
            var took = Stopwatch.GetElapsedTime(start);
            if (answer.IsSuccessStatusCode)
            {
                return took.TotalSeconds;
            }

            if (took > LongestLoad)
            {
                throw new InvalidOperationException($"After {took} the app answers {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation)}");
            }
        }
    }

    // Until the runtimes have compiled what is used often: a request takes no less processor time than in the round before.
    static async Task WarmAsync(ServedApp app, HttpClient http, Func<int, string> path, CancellationToken cancellation)
    {
        var before = double.PositiveInfinity;
        for (var round = 0; round < MaxWarmUps; round++)
        {
            var worker = app.WorkerSeconds;
            var load = await Load.RunAsync(http, 8, path, WarmUp, cancellation);
            var took = (app.WorkerSeconds - worker) / load.Requests;
            if (took > 0.9 * before)
            {
                return;
            }

            before = took;
        }
    }

    // How well the model recommends is of no matter here; its size is.
    internal static async Task PublishModelAsync(StorageConnection storage, int items, string path, CancellationToken cancellation)
    {
        var weights = SasRecWeights.Initialized(new SasRecConfig { MaxLength = Histories[^1] }, items, seed: 1);
        var vocabulary = new ItemVocabulary(Enumerable.Range(0, items).Select(i => $"item-{i}"));
        var model = new ModelFolder(path);
        await model.WriteAsync(weights, new ModelItems(vocabulary, new int[items], new int[items]), [new([0, 1, 2])], cancellation);
        var registry = new ModelRegistry(storage);
        var published = await registry.PublishAsync(
            new ModelManifest { Config = weights.Config, Data = new DataRange(null, null, 0, 0, items), Protocol = "none" }, model.Files, cancellation);
        await registry.ActivateAsync(published.Version, "bench", "to be loaded", cancellation: cancellation);
    }

    internal static async Task AppendHistoriesAsync(StorageConnection storage, int items, int users, int length, CancellationToken cancellation)
    {
        var log = new InteractionLog(storage);
        var begin = storage.Time.GetUtcNow().AddDays(-1);
        foreach (var some in Enumerable.Range(0, users).Chunk(10))
        {
            await log.AppendAsync(
                [
                    .. some.SelectMany(user => Enumerable.Range(0, length).Select(i => new Interaction
                    {
                        EventId = $"{length}-{user}-{i}",
                        UserId = $"user-{length}-{user}",
                        ItemId = $"item-{CounterRandom.Below((ulong)length, (ulong)((user * 1000) + i), items)}",
                        Timestamp = begin.AddSeconds(i),
                    })),
                ],
                cancellation);
        }
    }

    static double BareMs(OnnxNetwork network, int items, int length)
    {
        var (tokens, scores) = (new long[length], new float[items]);
        for (var i = 0; i < length; i++)
        {
            tokens[i] = 1 + CounterRandom.Below(7, (ulong)i, items);
        }

        List<double> took = [];
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < 1;)
        {
            var began = Stopwatch.GetTimestamp();
            network.Score(tokens, scores, default, 1);
            took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return took.Order().ElementAt(took.Count / 2);
    }
}
