using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SasRec.Azurite;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Models;

namespace SasRec.Bench.Chaos;

/// <summary>Kills every process of the system at random under load, stops its storage, swaps and retrains models, and counts what was lost.</summary>
sealed class ChaosBench : BenchVerb<ChaosResult>
{
    const string Key = "chaos";
    const int Writers = 3;
    const int Readers = 2;

    readonly Option<double> minutes = new("--minutes") { Description = "How long.", DefaultValueFactory = _ => 20 };
    readonly Option<int> seed = new("--seed") { Description = "Of everything that is drawn.", DefaultValueFactory = _ => 1 };
    readonly Option<int> swaps = new("--swaps") { Description = "How many swaps are made at the end, without kills, to see memory.", DefaultValueFactory = _ => 1000 };

    public ChaosBench()
        : base("chaos", "Kills, outages, swaps and retrains under load: what was acknowledged and lost or doubled, wrong models, faults, leaks.")
    {
        Add(minutes);
        Add(seed);
        Add(swaps);
    }

    protected override ChaosResult Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation) =>
        RunAsync(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(seed), parsed.GetValue(swaps), progress, cancellation).GetAwaiter().GetResult();

    protected override string Table(ChaosResult r) =>
        $"{r.Kills} kills, {r.Outages} outages, {r.Swaps} swaps, {r.Retrains} retrains; {r.Acknowledged:N0} events acknowledged, {r.Lost} lost, {r.Doubled} doubled; "
        + $"{r.Answered:N0} answers, {r.Degraded:N0} degraded (p50 {r.DegradedMedianMs:0} ms, p99 {r.DegradedP99Ms:0} ms), {r.WrongModels} of wrong models, {r.Faults} faults; memory {r.MegabytesBefore} -> {r.MegabytesAfter} MB.";

    static async Task<ChaosResult> RunAsync(TimeSpan length, int seed, int swaps, TextWriter progress, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("sasrec-chaos-").FullName;
        var random = new Random(seed);
        var ports = (FreePort(), FreePort(), FreePort());
        var port = FreePort();
        var azurite = await AzuriteServer.StartAsync(Path.Combine(folder, "storage"), ports, cancellation: cancellation);
        var settings = new Dictionary<string, string>
        {
            ["AzureWebJobsStorage"] = azurite.ConnectionString, ["Host__FunctionKey"] = Key, ["Host__StopWhenInputCloses"] = "true",
            ["RetrainSchedule"] = "0 0 0 1 1 *", ["Trainer__Command"] = "true", ["Storage__FeedMargin"] = "00:00:05", ["Storage__FeedLag"] = "00:00:12",
            ["Logging__LogLevel__Default"] = "None", ["Serve__ModelCache"] = Path.Combine(folder, "cache"),
        };
        var host = new ChaosProcess("SasRec.Host", [ChaosProcess.Built("SasRec.Functions", ""), "--port", $"{port}"], settings, "Listening on ");
        var trainer = new ChaosProcess(
            "SasRec.Trainer",
            ["run", "--work", Path.Combine(folder, "work"), "--json", "--width", "16", "--blocks", "1", "--max-length", "10", "--epochs", "3", "--threads", "1", "--gate-slates", "0"],
            settings,
            "{");
        using var clients = new ChaosClients(new Uri($"http://127.0.0.1:{port}"), Key, seed);
        var result = new ChaosResult();
        try
        {
            await host.StartAsync(cancellation);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var writing = Enumerable.Range(0, Writers).Select(i => clients.WriteAsync(i, stop.Token)).ToList();
            await Task.Delay(TimeSpan.FromSeconds(30), cancellation);
            await trainer.StartAsync(cancellation);
            await trainer.EndAsync(cancellation);
            var storage = new StorageConnection(StorageOptions.Read(settings!));
            string[] versions = [];
            writing.AddRange(Enumerable.Range(0, Readers).Select(i => clients.ReadAsync(i, stop.Token)));

            for (var clock = Stopwatch.StartNew(); clock.Elapsed < length;)
            {
                await Task.Delay(random.Next(200, 700), cancellation);
                switch (random.Next(8))
                {
                    case 0 or 1 or 2:
                        host.Kill();
                        await host.StartAsync(cancellation);
                        result = result with { Kills = result.Kills + 1 };
                        break;
                    case 3:
                        Kill(host.WorkerId, "KILL");
                        await host.EndAsync(cancellation);
                        await host.StartAsync(cancellation);
                        result = result with { Kills = result.Kills + 1 };
                        break;
                    case 4 or 5:
                        Kill(azurite.ProcessId, "KILL");
                        await azurite.WaitForExitAsync(cancellation);
                        azurite = await AzuriteServer.StartAsync(Path.Combine(folder, "storage"), ports, cancellation: cancellation);
                        result = result with { Kills = result.Kills + 1 };
                        break;
                    case 6:
                        Kill(azurite.ProcessId, "STOP");
                        await Task.Delay(random.Next(1_000, 8_000), cancellation);
                        Kill(azurite.ProcessId, "CONT");
                        result = result with { Outages = result.Outages + 1 };
                        break;
                    default:
                        if (!trainer.Runs)
                        {
                            await trainer.StartAsync(cancellation);
                            result = result with { Retrains = result.Retrains + 1 };
                        }
                        else if (random.Next(2) == 0)
                        {
                            trainer.Kill();
                            result = result with { Kills = result.Kills + 1 };
                        }

                        versions = await VersionsAsync(storage, versions, cancellation);
                        if (versions.Length > 1)
                        {
                            var body = new { reason = "chaos", by = "chaos", @override = true };
                            result = result with
                            {
                                Swaps = result.Swaps + ((await clients.SendAsync(
                                    HttpMethod.Post, $"api/models/{versions[random.Next(versions.Length)]}/activate", body)).Status == 200 ? 1 : 0),
                            };
                        }

                        break;
                }

                progress.WriteLine($"{clock.Elapsed:mm\\:ss}: {result.Kills} kills, {result.Outages} outages, {result.Retrains} retrains, {clients.Events:N0} events");
            }

            trainer.Kill();
            await stop.CancelAsync();
            await Task.WhenAll(writing);
            await SettledAsync(storage, cancellation);
            var (lost, doubled) = await CountAsync(clients, new InteractionLog(storage), cancellation);
            versions = await VersionsAsync(storage, versions, cancellation);
            var (before, after) = await SwapAsync(clients, versions, swaps, host, progress, cancellation);
            return result with
            {
                Acknowledged = clients.Events,
                Lost = lost,
                Doubled = doubled,
                Answered = clients.Statuses.Where(s => s.Key == 200).Sum(s => s.Value),
                Degraded = clients.DegradedMs.Count,
                DegradedMedianMs = Quantile(clients.DegradedMs, 0.5),
                DegradedP99Ms = Quantile(clients.DegradedMs, 0.99),
                StandIns = clients.StandIns,
                WrongModels = clients.Versions.Where(v => !versions.Contains(v.Key)).Sum(v => v.Value),
                Faults = clients.Statuses.Where(s => s.Key >= 500 && s.Key != 503).Sum(s => s.Value),
                Statuses = clients.Statuses.OrderBy(s => s.Key).ToDictionary(s => $"{s.Key}", s => s.Value),
                MegabytesBefore = before,
                MegabytesAfter = after,
            };
        }
        finally
        {
            await azurite.DisposeAsync();
            host.Dispose();
            trainer.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Every event stands once: each user's history has as many as were acknowledged.</summary>
    static async Task<(int Lost, int Doubled)> CountAsync(ChaosClients clients, InteractionLog log, CancellationToken cancellation)
    {
        var (lost, doubled) = (0, 0);
        foreach (var (user, count) in clients.Acknowledged.Where(user => user.Value >= 0))
        {
            var found = (await log.NewestAsync(user, int.MaxValue / 2, cancellation)).Count;
            lost += Math.Max(0, count - found);
            doubled += Math.Max(0, found - count);
        }

        return (lost, doubled);
    }

    /// <summary>Swaps to and fro under load, and what memory the worker has after the first hundred and after all.</summary>
    static async Task<(long Before, long After)> SwapAsync(
        ChaosClients clients, string[] versions, int swaps, ChaosProcess host, TextWriter progress, CancellationToken cancellation)
    {
        if (versions.Length < 2 || swaps == 0)
        {
            return (0, 0);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = clients.ReadAsync(0, stop.Token);
        var before = 0L;
        for (var swap = 0; swap < swaps; swap++)
        {
            before = swap == Math.Min(100, swaps / 2) ? Megabytes(host.WorkerId) : before;
            await clients.SendAsync(HttpMethod.Post, $"api/models/{versions[swap % 2]}/activate", new { reason = "chaos", by = "chaos", @override = true });
            await Task.Delay(100, cancellation);
        }

        progress.WriteLine($"{swaps} swaps");
        await stop.CancelAsync();
        await reading;
        return (before, Megabytes(host.WorkerId));
    }

    static async Task<string[]> VersionsAsync(StorageConnection storage, string[] known, CancellationToken cancellation)
    {
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(TimeSpan.FromSeconds(10));
            return [.. (await new ModelRegistry(storage).ListAsync(1000, patience.Token)).Select(m => m.Version)];
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            return known;
        }
    }

    /// <summary>Waits until nothing is on its way any more.</summary>
    static async Task SettledAsync(StorageConnection storage, CancellationToken cancellation)
    {
        for (var empty = 0; empty < 3; empty = (await storage.Queue(Names.InteractionsQueue).GetPropertiesAsync(cancellation)).Value.ApproximateMessagesCount == 0 ? empty + 1 : 0)
        {
            await Task.Delay(1_000, cancellation);
        }
    }

    static double Quantile(ConcurrentBag<double> values, double share) =>
        values.IsEmpty ? 0 : values.Order().ElementAt((int)Math.Ceiling(share * values.Count) - 1);

    static long Megabytes(int process)
    {
        using var worker = Process.GetProcessById(process);
        return worker.WorkingSet64 >> 20;
    }

    static void Kill(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        kill.WaitForExit();
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
