using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SasRec.Azurite;
using SasRec.Core.Events;
using SasRec.Core.Model;
using SasRec.Storage;
using SasRec.Storage.Training;
using SasRec.Trainer.Commands;
using SasRec.Trainer.Console;

namespace SasRec.Bench;

/// <summary>What a retrain run takes: from the log's snapshot in storage to a published model.</summary>
/// <param name="Actions">Interactions in the snapshot.</param>
/// <param name="Users">Users in it.</param>
/// <param name="Items">Items in it.</param>
/// <param name="SnapshotBytes">The size of its segments.</param>
/// <param name="Seconds">Wall time of the run.</param>
/// <param name="CpuSeconds">Processor time of the run.</param>
/// <param name="PeakBytes">The most memory of this process, which writes the snapshot and runs; the storage emulator is another.</param>
/// <param name="PeakBytesPerAction">That by the actions.</param>
/// <param name="Outcome">How the run ended.</param>
/// <param name="Resumed">What an earlier sitting in the same folder had done.</param>
/// <param name="Stages">"write": generating the actions and writing the snapshot, 0 where it was there; then the phases of the run, and the steps
/// within them, which stand before the phase that they are a part of.</param>
sealed record LogRun(
    long Actions,
    int Users,
    int Items,
    long SnapshotBytes,
    double Seconds,
    double CpuSeconds,
    long PeakBytes,
    double PeakBytesPerAction,
    string Outcome,
    string Resumed,
    IReadOnlyList<Stage> Stages)
{
    public string ToText() => string.Create(
        CultureInfo.InvariantCulture,
        $"  {Actions:N0} actions of {Users:N0} users with {Items:N0} items, snapshot {SnapshotBytes / 1e6:N0} MB, {Outcome}: {Seconds:N0} s wall, {CpuSeconds:N0} s processor, peak {PeakBytes / 1e6:N0} MB ({PeakBytesPerAction:0} bytes an action); {Resumed}\n{StageTable.ToText(Stages)}");
}

/// <summary>Does what the scheduled job does, in this process, on a snapshot that it writes into the storage emulator.</summary>
static class LogRunMeasure
{
    /// <summary>Runs it.</summary>
    /// <param name="actions">How many interactions.</param>
    /// <param name="length">Interactions a user, on average.</param>
    /// <param name="items">How many items there are.</param>
    /// <param name="folder">Where the emulator keeps its data and the run its checkpoints; a measurement that was stopped goes on there.</param>
    /// <param name="progress">Where to say what is being done.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<LogRun> RunAsync(
        long actions, int length, int items, string folder, TextWriter progress, CancellationToken cancellation)
    {
        await using var azurite = await AzuriteServer.StartAsync(Path.Combine(folder, "storage"), cancellation: cancellation);
        var storage = new StorageConnection(new StorageOptions { ConnectionString = azurite.ConnectionString });
        await storage.EnsureCreatedAsync(cancellation);
        var (began, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var work = Path.Combine(folder, "work");
        var checkpoints = Directory.Exists(work) ? Directory.GetFiles(work, "*.checkpoint", SearchOption.AllDirectories) : [];
        using var table = new StageTable();
        var (snapshot, written) = await SnapshotAsync(new SnapshotStore(storage), actions, length, items, progress, cancellation);
        table.Add("write", written ? Stopwatch.GetElapsedTime(began).TotalSeconds : 0, (Environment.CpuUsage.TotalTime - used).TotalSeconds);
        var (wall, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var output = new StringWriter();
        string[] command = ["run", "--epochs", "1", "--work", work, "--json"];
        var terminal = new Terminal(
            output, Console.Error, interactive: false, TimeProvider.System, name => name == Names.Connection ? azurite.ConnectionString : null, [Names.Connection]);
        var code = await CommandTree.RunAsync(command, terminal, cancellation);
        cancellation.ThrowIfCancellationRequested();
        var summary = output.ToString() is { Length: > 0 } json ? JsonDocument.Parse(json).RootElement : default;
        if (summary.ValueKind != JsonValueKind.Object || !summary.TryGetProperty("outcome", out _))
        {
            throw new InvalidOperationException($"run ended with {code}: {output}");
        }

        var peak = Process.GetCurrentProcess().PeakWorkingSet64;
        return new LogRun(
            actions,
            summary.GetProperty("users").GetInt32(),
            summary.GetProperty("items").GetInt32(),
            snapshot.Segments.Sum(segment => segment.Blocks.Sum(block => (long)block.Length)),
            Stopwatch.GetElapsedTime(wall).TotalSeconds,
            (Environment.CpuUsage.TotalTime - processor).TotalSeconds,
            peak,
            (double)peak / actions,
            summary.GetProperty("outcome").GetString()!,
            (written, checkpoints.Length) switch
            {
                (true, _) => "nothing was there before",
                (_, 0) => "the snapshot was there before",
                _ => $"the snapshot was there before, and of trainings {string.Join(", ", checkpoints.Select(path => Path.GetFileName(Path.GetDirectoryName(path))).Order())}",
            },
            table.Stages);
    }

    static async Task<(Snapshot Snapshot, bool Written)> SnapshotAsync(
        SnapshotStore snapshots, long actions, int length, int items, TextWriter progress, CancellationToken cancellation)
    {
        var known = await snapshots.CurrentAsync(cancellation);
        if (known.Interactions > 0)
        {
            return known.Interactions == actions
                ? (known, false)
                : throw new InvalidOperationException($"The folder has a snapshot of {known.Interactions:N0} actions; --actions must be the same, or --folder another.");
        }

        var written = 0L;
        var rebuilt = await snapshots.RebuildAsync(
            Generate(actions, length, items).ToAsyncEnumerable(),
            more =>
            {
                written += more;
                if (written % 10_000_000 == 0)
                {
                    progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{written:N0} actions written"));
                }
            },
            cancellation);
        return (rebuilt, true);
    }

    /// <summary>Actions in the order of their times, of users at random: as a shop's log is.</summary>
    static IEnumerable<Interaction> Generate(long actions, int length, int items)
    {
        var users = (int)Math.Max(1, actions / length);
        var begin = DateTimeOffset.UtcNow.AddDays(-365);
        var step = TimeSpan.FromDays(364) / actions;
        for (var i = 0L; i < actions; i++)
        {
            yield return new Interaction
            {
                EventId = CounterRandom.Bits(5, (ulong)i).ToString("x16", CultureInfo.InvariantCulture),
                UserId = string.Create(CultureInfo.InvariantCulture, $"user-{CounterRandom.Below(3, (ulong)i, users)}"),
                ItemId = string.Create(CultureInfo.InvariantCulture, $"item-{GrowthBench.Item(items, (ulong)i)}"),
                Timestamp = begin + (step * i),
            };
        }
    }
}
