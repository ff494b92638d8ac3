using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Trainer.Train;
using SasRec.Trainer.Train.Cpu;

namespace SasRec.Bench;

/// <summary>One size.</summary>
/// <param name="Items">V.</param>
/// <param name="Users">Users.</param>
/// <param name="Actions">Interactions in all.</param>
/// <param name="Threads">Threads.</param>
/// <param name="CpuMicrosecondsPerPosition">Processor time of a step by its positions.</param>
/// <param name="PositionsPerSecond">Wall time.</param>
/// <param name="BytesPerAction">Of the packed histories.</param>
/// <param name="PeakBytes">The most memory of the process so far.</param>
sealed record GrowthPoint(
    int Items, int Users, long Actions, int Threads, double CpuMicrosecondsPerPosition, double PositionsPerSecond, double BytesPerAction, long PeakBytes);

/// <summary>How a step grows with users, actions, catalogue and threads.</summary>
/// <param name="BytesPerItem">Of engine and weights: the rise of the peak from the smallest to the largest catalogue.</param>
/// <param name="ThreadSpeedup">Positions a second on all cores by those on one, at the same size.</param>
/// <param name="Points">Every size.</param>
/// <param name="WholeRun">With --actions and --from-file; null without.</param>
/// <param name="LogRun">With --actions; null without.</param>
sealed record GrowthResult(double? BytesPerItem, double? ThreadSpeedup, IReadOnlyList<GrowthPoint> Points, WholeRun? WholeRun = null, LogRun? LogRun = null);

/// <summary>Steps on generated data of growing size: time a position should stay, memory should grow with the data alone.</summary>
sealed class GrowthBench : BenchVerb<GrowthResult>
{
    readonly Option<int> seconds = new("--seconds") { Description = "How long each size runs.", DefaultValueFactory = _ => 5 };
    readonly Option<int[]> items = new("--items")
    {
        Description = "Catalogue sizes.", DefaultValueFactory = _ => [10_000, 100_000, 1_000_000], AllowMultipleArgumentsPerToken = true,
    };

    readonly Option<int[]> users = new("--users")
    {
        Description = "Numbers of users, at the smallest catalogue.", DefaultValueFactory = _ => [20_000, 200_000], AllowMultipleArgumentsPerToken = true,
    };

    readonly Option<long?> actions = new("--actions")
    {
        Description = "Instead: a retrain run, from a snapshot of so many generated actions in storage to a published model.",
    };

    readonly Option<bool> fromFile = new("--from-file") { Description = "With --actions: from a file to a model's folder, as 'train' does." };
    readonly Option<string?> folder = new("--folder")
    {
        Description = "With --actions: where storage and checkpoints are kept, so that a run that was stopped goes on; else a temporary folder.",
    };

    readonly Option<int> length = new("--length") { Description = "Actions a user, on average.", DefaultValueFactory = _ => 20 };

    public GrowthBench()
        : base("growth", "Time and memory of training as users, actions, items and threads grow.")
    {
        Add(seconds);
        Add(items);
        Add(users);
        Add(actions);
        Add(fromFile);
        Add(folder);
        Add(length);
    }

    protected override GrowthResult Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        if (parsed.GetValue(actions) is { } many)
        {
            return RunWhole(many, parsed, progress, cancellation);
        }

        var (sizes, crowds) = (parsed.GetValue(items)!, parsed.GetValue(users)!);
        List<(int Items, int Users, int Threads)> plan =
        [
            .. sizes.Select(size => (size, crowds[0], 1)),
            .. crowds.Skip(1).Select(crowd => (sizes[0], crowd, 1)),
            .. Enumerable.Range(2, Math.Max(0, Environment.ProcessorCount - 1)).Select(threads => (sizes[0], crowds[0], threads)),
        ];
        List<GrowthPoint> points = [];
        foreach (var (itemCount, userCount, threads) in plan.TakeWhile(_ => !cancellation.IsCancellationRequested))
        {
            points.Add(Run(itemCount, userCount, parsed.GetValue(length), threads, TimeSpan.FromSeconds(parsed.GetValue(seconds))));
            progress.WriteLine(Row(points[^1]));
        }

        var (smallest, largest) = (points.MinBy(point => point.Items)!, points.MaxBy(point => point.Items)!);
        var bytesPerItem = (largest.PeakBytes - smallest.PeakBytes) / Math.Max(1.0, largest.Items - smallest.Items);
        var same = points.Where(point => (point.Items, point.Users) == (sizes[0], crowds[0])).OrderBy(point => point.Threads).ToArray();
        return new GrowthResult(bytesPerItem, same[^1].PositionsPerSecond / same[0].PositionsPerSecond, points);
    }

    GrowthResult RunWhole(long many, ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var (mean, catalogues) = (parsed.GetValue(length), parsed.GetValue(items)!);
        var catalogue = catalogues[Math.Min(1, catalogues.Length - 1)];
        if (parsed.GetValue(fromFile))
        {
            return new GrowthResult(null, null, [], WholeRun: WholeRunMeasure.Run(many, mean, catalogue, progress, cancellation));
        }

        var kept = parsed.GetValue(folder) ?? Directory.CreateTempSubdirectory("sasrec-growth").FullName;
        try
        {
            return new GrowthResult(
                null, null, [], LogRun: LogRunMeasure.RunAsync(many, mean, catalogue, kept, progress, cancellation).GetAwaiter().GetResult());
        }
        finally
        {
            if (parsed.GetValue(folder) is null)
            {
                Directory.Delete(kept, recursive: true);
            }
        }
    }

    protected override string Table(GrowthResult result)
    {
        var text = new StringBuilder();
        foreach (var point in result.Points)
        {
            text.AppendLine(Row(point));
        }

        return result.WholeRun is { } whole ? whole.ToText()
            : result.LogRun is { } log ? log.ToText()
            : text.Append(
                CultureInfo.InvariantCulture,
                $"  {result.BytesPerItem:N0} bytes an item; all cores are {result.ThreadSpeedup:0.00} times as fast as one").ToString();
    }

    static GrowthPoint Run(int itemCount, int userCount, int length, int threads, TimeSpan time)
    {
        var empty = GC.GetTotalMemory(forceFullCollection: true);
        var data = Generate(itemCount, userCount, length);
        var bytesPerAction = (double)(GC.GetTotalMemory(forceFullCollection: true) - empty) / data.InteractionCount;
        var (config, options) = TrainingOptions.For(data);
        options = options with { Threads = threads };
        using var engine = CpuEngine.Create(data, SasRecWeights.Initialized(config, itemCount, 1), options);
        var order = Enumerable.Range(0, userCount).ToArray();
        CounterRandom.Shuffle(order, 1);
        Steps(TimeSpan.FromSeconds(1));
        var (wall, cpu, positions) = Steps(time);
        return new GrowthPoint(
            itemCount, userCount, data.InteractionCount, threads, cpu / positions * 1e6, positions / wall, bytesPerAction,
            Process.GetCurrentProcess().PeakWorkingSet64);

        (double Wall, double Cpu, long Positions) Steps(TimeSpan limit)
        {
            var (start, processor, done, next) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, 0L, 0);
            while (Stopwatch.GetElapsedTime(start) < limit)
            {
                next = next + options.BatchSize > order.Length ? 0 : next;
                engine.Step(order.AsSpan(next, Math.Min(options.BatchSize, order.Length)));
                next += options.BatchSize;
                done += engine.Positions;
            }

            return (Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds, done);
        }
    }

    /// <summary>Popularity falls as in real catalogues: the item of rank r in proportion to about 1 / r.</summary>
    public static SequenceDataset Generate(int itemCount, int userCount, int length)
    {
        var offsets = new int[userCount + 1];
        for (var user = 0; user < userCount; user++)
        {
            offsets[user + 1] = offsets[user] + 2 + CounterRandom.Below(3, (ulong)user, 2 * length - 3);
        }

        var items = new int[offsets[^1]];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = Item(itemCount, (ulong)i);
        }

        return new SequenceDataset(itemCount, offsets, items);
    }

    /// <summary>The item of the i-th action.</summary>
    internal static int Item(int itemCount, ulong i) =>
        Math.Min(itemCount - 1, (int)Math.Exp(CounterRandom.Uniform(4, i) * Math.Log(itemCount)));

    static string Row(GrowthPoint p) => string.Create(
        CultureInfo.InvariantCulture,
        $"  {p.Items,9:N0} items {p.Users,9:N0} users {p.Actions,11:N0} actions {p.Threads,2} threads: {p.CpuMicrosecondsPerPosition,6:0.00} processor us a position, {p.PositionsPerSecond,9:N0} positions/s, {p.BytesPerAction:0.0} bytes an action, peak {p.PeakBytes / 1e6:N0} MB");
}
