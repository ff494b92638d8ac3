using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SasRec.Azurite;
using SasRec.Core.Events;
using SasRec.Core.Items;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Items;
using SasRec.Storage.Models;
using SasRec.Storage.Training;
using SasRec.Trainer.Export;

namespace SasRec.Bench;

/// <summary>What a batch of recommendations takes.</summary>
/// <param name="Users">Users of the log.</param>
/// <param name="Items">V, all of them in the catalogue.</param>
/// <param name="Interactions">Of the log.</param>
/// <param name="UsersBeforeKill">Users in the parts that were finished when the first process was killed.</param>
/// <param name="UsersPerSecond">Of the process that went on, from its first bucket of users to its last; histories are read and files written in that time.</param>
/// <param name="PeakMegabytes">The most memory of that process.</param>
/// <param name="Once">Users whose id stands in the files once.</param>
/// <param name="Wrong">Users who are missing or stand there more than once.</param>
sealed record BatchCost(int Users, int Items, long Interactions, long UsersBeforeKill, double UsersPerSecond, double PeakMegabytes, int Once, int Wrong);

/// <summary>./bench batch.</summary>
sealed class BatchBench : BenchVerb<BatchCost>
{
    readonly Option<int> users = new("--users") { Description = "How many users.", DefaultValueFactory = _ => 100_000 };
    readonly Option<int> items = new("--items") { Description = "The size of the catalogue.", DefaultValueFactory = _ => 25_000 };
    readonly Option<int> length = new("--length") { Description = "Actions a user, on average.", DefaultValueFactory = _ => 20 };
    readonly Option<string> format = new("--format") { Description = "JsonLines or Parquet.", DefaultValueFactory = _ => "JsonLines" };

    public BatchBench()
        : base("batch", "Recommends to every user of a generated log with 'trainer recommend', kills it in the middle, lets it go on and counts users.")
    {
        Add(users);
        Add(items);
        Add(length);
        Add(format);
    }

    protected override BatchCost Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation) =>
        MeasureAsync(parsed, progress, cancellation).GetAwaiter().GetResult();

    protected override string Table(BatchCost result) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        log            {result.Users,10:N0} users, {result.Interactions:N0} interactions, {result.Items:N0} items
        before a kill  {result.UsersBeforeKill,10:N0} users
        gone on with   {result.UsersPerSecond,10:N0} users/s, {result.PeakMegabytes:N0} MB at most
        in the files   {result.Once,10:N0} users once, {result.Wrong:N0} not
        """);

    async Task<BatchCost> MeasureAsync(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var (userCount, itemCount) = (parsed.GetValue(users), parsed.GetValue(items));
        var folder = Directory.CreateTempSubdirectory("sasrec-batch-").FullName;
        try
        {
            await using var azurite = await AzuriteServer.StartAsync(cancellation: cancellation);
            var storage = new StorageConnection(new StorageOptions { ConnectionString = azurite.ConnectionString }, TimeProvider.System);
            await storage.EnsureCreatedAsync(cancellation);
            var data = GrowthBench.Generate(itemCount, userCount, parsed.GetValue(length));
            progress.WriteLine($"{data.InteractionCount:N0} interactions are generated.");
            await new SnapshotStore(storage).RebuildAsync(Log(data), _ => { }, cancellation);
            foreach (var chunk in Enumerable.Range(0, itemCount).Chunk(1_000))
            {
                await new ItemStore(storage).PutAsync([.. chunk.Select(i => new CatalogueItem { Id = Item(i), Title = $"Title {i}", Categories = [$"c{i % 20}"] })], cancellation);
            }

            await PublishAsync(storage, data, folder, cancellation);
            progress.WriteLine("Log, catalogue and model are stored.");
            var output = Path.Combine(folder, "out");
            string[] command = ["recommend", "--out", output, "--format", parsed.GetValue(format)!, "--json"];
            var state = Path.Combine(output, "_state.json");
            using (var first = Start(command, azurite.ConnectionString))
            {
                while (!first.HasExited && Parts(state).Count < 16)
                {
                    await Task.Delay(100, cancellation);
                }

                first.Kill();
                await first.WaitForExitAsync(cancellation);
            }

            var before = Parts(state).Sum(part => part.Users);
            progress.WriteLine($"Killed with {before:N0} users in finished parts.");
            using var second = Start(command, azurite.ConnectionString);
            var said = (await second.StandardOutput.ReadToEndAsync(cancellation)).Trim().Split('\n')[^1];
            await second.WaitForExitAsync(cancellation);
            var outcome = JsonDocument.Parse(said).RootElement;
            progress.WriteLine(said);
            var found = Directory.GetFiles(output, "*.jsonl").SelectMany(File.ReadLines)
                .CountBy(line => JsonDocument.Parse(line).RootElement.GetProperty("userId").GetString()!).ToDictionary(StringComparer.Ordinal);
            var once = found.Values.Count(count => count == 1);
            return new BatchCost(
                userCount, itemCount, data.InteractionCount, before, outcome.GetProperty("usersPerSecond").GetDouble(), outcome.GetProperty("peakMegabytes").GetDouble(),
                once, userCount - once + found.Values.Count(count => count > 1));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task PublishAsync(StorageConnection storage, SequenceDataset data, string folder, CancellationToken cancellation)
    {
        var config = new SasRecConfig();
        var files = new[] { Names.ModelBlobs.Network, Names.ModelBlobs.Items, Names.ModelBlobs.Neighbours }.ToDictionary(name => name, name => Path.Combine(folder, name));
        OnnxExport.Write(SasRecWeights.Initialized(config, data.ItemCount, 1), files[Names.ModelBlobs.Network]);
        await using (var file = File.Create(files[Names.ModelBlobs.Items]))
        {
            await ModelItems.Of(new ItemVocabulary(Enumerable.Range(0, data.ItemCount).Select(Item)), data).WriteAsync(file, cancellation);
        }

        await using (var file = File.Create(files[Names.ModelBlobs.Neighbours]))
        {
            NeighbourFile.Write(NeighbourCounter.Count(data, NeighbourStrengths.Alone, cancellation: cancellation), file);
        }

        var registry = new ModelRegistry(storage);
        var published = await registry.PublishAsync(
            new ModelManifest { FormatVersion = ModelManifest.KnownFormat, Config = config, Data = new DataRange(null, null, data.InteractionCount, data.UserCount, data.ItemCount), Protocol = "untrained" },
            files,
            cancellation);
        await registry.ActivateAsync(published.Version, "bench", "to measure", cancellation: cancellation);
    }

    static async IAsyncEnumerable<Interaction> Log(SequenceDataset data)
    {
        await Task.Yield();
        var begin = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var user = 0; user < data.UserCount; user++)
        {
            for (var step = 0; step < data.Length(user); step++)
            {
                yield return new Interaction
                {
                    EventId = $"e{step}",
                    UserId = $"user-{user:d7}",
                    ItemId = Item(data.Items(user)[step]),
                    Timestamp = begin.AddMinutes((step * 60) + (user % 60)),
                };
            }
        }
    }

    static Process Start(string[] command, string connection)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var trainer = Path.Combine(here.Parent!.Parent!.FullName, "SasRec.Trainer", here.Name, "SasRec.Trainer.dll");
        var start = new ProcessStartInfo("dotnet", [trainer, .. command]) { RedirectStandardOutput = true };
        start.Environment["AzureWebJobsStorage"] = connection;
        start.Environment["Storage__FeedMargin"] = "00:00:02";
        start.Environment["Storage__FeedLag"] = "00:00:04.2";
        return Process.Start(start)!;
    }

    /// <summary>The finished parts, as the folder's state names them.</summary>
    static IReadOnlyList<(string Name, long Users)> Parts(string state)
    {
        if (!File.Exists(state))
        {
            return [];
        }

        using var json = JsonDocument.Parse(File.ReadAllBytes(state));
        return [.. json.RootElement.GetProperty("parts").EnumerateObject().Select(part => (part.Name, part.Value.GetProperty("users").GetInt64()))];
    }

    static string Item(int item) => string.Create(CultureInfo.InvariantCulture, $"item-{item:d7}");
}
