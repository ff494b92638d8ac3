using System.Globalization;
using System.Text.Json;
using SasRec.Azurite;
using SasRec.Storage;
using SasRec.Storage.Log;

namespace SasRec.EndToEnd.Tests;

/// <summary>Whatever is killed in the middle of a run, the log ends with exactly the interactions of the file.</summary>
public sealed class KilledProcessesTests : IDisposable
{
    readonly ScratchFolder scratch = new();
    readonly string file;
    readonly HashSet<(string User, string Item, long Time)> expected = [];

    public KilledProcessesTests()
    {
        // A hot user, a long tail, ids of many scripts; who has had one item mostly takes one of the next two, which can be learned.
        const int items = 300;
        var random = new Random(5);
        var last = new Dictionary<string, int>();
        var lines = new List<string> { "user,item,timestamp,type" };
        for (var i = 0; i < 6_000; i++)
        {
            var user = i % 9 == 0 ? "hot user" : $"użytkownik/{random.Next(450)}";
            var next = random.NextDouble() < 0.9 && last.TryGetValue(user, out var before)
                ? (before + 1 + random.Next(2)) % items
                : (int)(Math.Pow(random.NextDouble(), 2) * items);
            last[user] = next;
            var item = $"品-{next}";
            var time = 1_750_000_000L + (i * 60);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{user},{item},{time},view"));
            expected.Add((user, item, time));
        }

        file = scratch.File("interactions.csv");
        File.WriteAllLines(file, lines);
    }

    string Folder => scratch.File("run");

    [Fact]
    public async Task Killing_the_host_the_emulator_and_the_trainer_in_one_run_loses_and_doubles_nothing()
    {
        await using var run = LocalRun.Start(Folder, "--data", file, "--once");
        var emulator = ProcessOf(await run.SaysAsync(@"storage emulator: process (\d+)"));
        var host = ProcessOf(await run.SaysAsync(@"functions host: process (\d+)"));

        await run.SaysAsync(@"import: process (\d+)");
        await LogHoldsAsync(1_000);
        LocalRun.Kill(host);
        await run.SaysAsync(@"functions host: process (\d+)", occurrence: 2);
        await LogHoldsAsync(2_500);
        LocalRun.Kill(emulator);
        await run.SaysAsync(@"storage emulator: process (\d+)", occurrence: 2);
        var trainer = ProcessOf(await run.SaysAsync(@"trainer: process (\d+)"));
        await run.SaysAsync(@"retrain \S+ runs");
        LocalRun.Kill(trainer);

        var (code, last) = await run.EndAsync();
        Assert.True(code == 0, run.Told);
        using var report = JsonDocument.Parse(last);
        Assert.Equal(expected.Count, report.RootElement.GetProperty("events").GetInt32());
        Assert.Equal(2, report.RootElement.GetProperty("restarts").GetInt32());
        var log = await File.ReadAllTextAsync(Path.Combine(Folder, "functions.log"));
        Assert.DoesNotContain("hot user", log, StringComparison.Ordinal);
        Assert.DoesNotContain("użytkownik", log, StringComparison.Ordinal);
        await AssertLogIsTheFileAsync();
    }

    [Fact]
    public async Task Killing_the_importer_and_then_the_whole_run_and_starting_it_again_loses_and_doubles_nothing()
    {
        await using (var first = LocalRun.Start(Folder, "--data", file, "--once"))
        {
            LocalRun.Kill(ProcessOf(await first.SaysAsync(@"import: process (\d+)")));
            await first.SaysAsync(@"import: process (\d+)", occurrence: 2);
            await LogHoldsAsync(2_000);
            first.Kill();
            await first.EndAsync();
        }

        await using var second = LocalRun.Start(Folder, "--data", file, "--once");
        var (code, _) = await second.EndAsync();
        Assert.True(code == 0, second.Told);
        await AssertLogIsTheFileAsync();
    }

    public void Dispose() => scratch.Dispose();

    static int ProcessOf(System.Text.RegularExpressions.Match match) => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    StorageConnection Storage()
    {
        using var settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "settings.json")));
        int Port(string name) => settings.RootElement.GetProperty(name).GetInt32();
        return new StorageConnection(new StorageOptions
        {
            ConnectionString = AzuriteServer.ConnectionStringOf(Port("Blob"), Port("Queue"), Port("Table")),
        });
    }

    async Task LogHoldsAsync(int atLeast)
    {
        var log = new InteractionLog(Storage());
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        for (var held = 0; held < atLeast;)
        {
            held = await log.ScanAsync(patience.Token).CountAsync(patience.Token);
        }
    }

    async Task AssertLogIsTheFileAsync()
    {
        await using var azurite = await AzuriteServer.StartAsync(Path.Combine(Folder, "storage"));
        var log = new InteractionLog(new StorageConnection(new StorageOptions { ConnectionString = azurite.ConnectionString }));
        var found = await log.ScanAsync()
            .Select(i => (i.UserId, i.ItemId, i.Timestamp.ToUnixTimeSeconds()))
            .ToListAsync();
        Assert.Equal(expected.Count, found.Count);
        Assert.Equal(expected, found.ToHashSet());
    }
}
