using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Azurite;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Publish;

namespace SasRec.Bench;

/// <summary>The stages of one kind of publish, each the median of its repetitions, in milliseconds since the process started.</summary>
/// <param name="ReadyToRun">Whether it was compiled ahead of time.</param>
/// <param name="HostMs">The host listens.</param>
/// <param name="FetchedMs">The model is on the disk and its hashes are checked.</param>
/// <param name="SessionMs">The model is loaded, checked and has been run once.</param>
/// <param name="FirstRecommendationMs">The answer to a request that was sent as soon as the host listened.</param>
/// <param name="SecondRecommendationMs">How long the next request took, by itself.</param>
/// <param name="Repetitions">The first recommendation of each repetition.</param>
sealed record StartTimes(
    bool ReadyToRun, double HostMs, double FetchedMs, double SessionMs, double FirstRecommendationMs, double SecondRecommendationMs,
    IReadOnlyList<double> Repetitions);

/// <summary>The starts that were measured.</summary>
/// <param name="Items">The size of the catalogue.</param>
/// <param name="FirstRecommendationMs">From the start of the process to the first answer, as it is published by default.</param>
/// <param name="Kinds">Each kind of publish.</param>
sealed record ColdStarts(int Items, double FirstRecommendationMs, IReadOnlyList<StartTimes> Kinds);

/// <summary>Process start to first recommendation, of the functions app as it is published, against the storage emulator.</summary>
sealed class ColdStartBench : BenchVerb<ColdStarts>
{
    static readonly ReadOnlyMemory<int>[] Probe = [new([0, 1, 2])];

    readonly Option<int> items = new("--items") { Description = "The size of the catalogue.", DefaultValueFactory = _ => 25_000 };
    readonly Option<int> times = new("--times") { Description = "How often each kind starts.", DefaultValueFactory = _ => 9 };

    public ColdStartBench()
        : base("cold-start", "From the start of the published functions app to its first recommendation, with and without ahead-of-time compilation.")
    {
        Add(items);
        Add(times);
    }

    protected override ColdStarts Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation) =>
        MeasureAsync(parsed.GetValue(items), parsed.GetValue(times), progress, cancellation).GetAwaiter().GetResult();

    protected override string Table(ColdStarts result)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"milliseconds since the start of the process, medians, {result.Items:n0} items");
        text.AppendLine("ready to run   listens   fetched   session   first recommendation   second, by itself");
        foreach (var kind in result.Kinds)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{(kind.ReadyToRun ? "yes" : "no"),-12}{kind.HostMs,10:f0}{kind.FetchedMs,10:f0}{kind.SessionMs,10:f0}{kind.FirstRecommendationMs,23:f0}{kind.SecondRecommendationMs,20:f1}");
        }

        return text.ToString();
    }

    static async Task<ColdStarts> MeasureAsync(int items, int times, TextWriter progress, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("sasrec-cold-start-").FullName;
        try
        {
            await using var azurite = await AzuriteServer.StartAsync(cancellation: cancellation);
            await PublishModelAsync(azurite.ConnectionString, items, Path.Combine(folder, "model"), cancellation);
            StartTimes[] kinds =
            [
                await KindAsync(true, times, folder, azurite.ConnectionString, progress, cancellation),
                await KindAsync(false, times, folder, azurite.ConnectionString, progress, cancellation),
            ];
            return new ColdStarts(items, kinds[0].FirstRecommendationMs, kinds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // How well the model recommends is of no matter here; its size is.
    static async Task PublishModelAsync(string connection, int items, string path, CancellationToken cancellation)
    {
        var storage = new StorageConnection(new StorageOptions { ConnectionString = connection });
        await storage.EnsureCreatedAsync(cancellation);
        var weights = SasRecWeights.Initialized(new SasRecConfig(), items, seed: 1);
        var vocabulary = new ItemVocabulary(Enumerable.Range(0, items).Select(i => $"item-{i}"));
        var model = new ModelFolder(path);
        await model.WriteAsync(weights, new ModelItems(vocabulary, new int[items], new int[items]), Probe, cancellation);
        var registry = new ModelRegistry(storage);
        var published = await registry.PublishAsync(
            new ModelManifest { Config = weights.Config, Data = new DataRange(null, null, 0, 0, items), Protocol = "none" }, model.Files, cancellation);
        await registry.ActivateAsync(published.Version, "bench", "to be loaded", cancellation: cancellation);
    }

    static async Task<StartTimes> KindAsync(
        bool readyToRun, int times, string folder, string connection, TextWriter progress, CancellationToken cancellation)
    {
        var app = Path.Combine(folder, readyToRun ? "ready-to-run" : "jit");
        progress.WriteLine($"publishing {(readyToRun ? "with" : "without")} ahead-of-time compilation");
        await PublishAppAsync(app, readyToRun, cancellation);
        var starts = new List<ColdStart>();

        // The first start reads the files from the disk, which is not what differs between the two.
        await ColdStart.MeasureAsync(app, connection, cancellation);
        for (var i = 0; i < times; i++)
        {
            starts.Add(await ColdStart.MeasureAsync(app, connection, cancellation));
            progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {starts[^1].FirstMs:f0} ms"));
        }

        double Median(Func<ColdStart, double> stage) => Math.Round(starts.Select(stage).Order().ElementAt(starts.Count / 2), 1);
        return new StartTimes(
            readyToRun, Median(s => s.HostMs), Median(s => s.FetchedMs), Median(s => s.SessionMs), Median(s => s.FirstMs), Median(s => s.SecondMs),
            [.. starts.Select(s => Math.Round(s.FirstMs, 1))]);
    }

    static async Task PublishAppAsync(string app, bool readyToRun, CancellationToken cancellation)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "SasRec.Serverless.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("This runs from the repository: what it measures is published from there.");
        }

        var start = new ProcessStartInfo(
            "dotnet",
            [
                "publish", Path.Combine(root.FullName, "functions"), "--configuration", "Release", "--output", app, "--nologo", "--verbosity", "quiet",
                $"-p:PublishReadyToRun={readyToRun}",
            ])
        {
            RedirectStandardOutput = true,
        };
        using var publish = Process.Start(start)!;
        var said = await publish.StandardOutput.ReadToEndAsync(cancellation);
        await publish.WaitForExitAsync(cancellation);
        if (publish.ExitCode != 0)
        {
            throw new InvalidOperationException($"dotnet publish failed.\n{said}");
        }
    }
}
