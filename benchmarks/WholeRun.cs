using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SasRec.Core.Model;
using SasRec.Trainer.Commands;
using SasRec.Trainer.Console;

namespace SasRec.Bench;

/// <summary>From a file to a model's folder: read, one epoch of strict training, evaluation, one of refit, evaluation, export.</summary>
/// <param name="Actions">Lines of the file.</param>
/// <param name="Users">Users in it.</param>
/// <param name="Items">Items in it.</param>
/// <param name="FileBytes">Its size.</param>
/// <param name="Seconds">Wall time.</param>
/// <param name="CpuSeconds">Processor time.</param>
/// <param name="PeakBytes">The most memory that was resident.</param>
/// <param name="PeakBytesPerAction">That by the actions.</param>
/// <param name="ModelBytes">What is in the model's folder.</param>
sealed record WholeRun(
    long Actions, int Users, int Items, long FileBytes, double Seconds, double CpuSeconds, long PeakBytes, double PeakBytesPerAction, long ModelBytes)
{
    public string ToText() => string.Create(
        CultureInfo.InvariantCulture,
        $"  {Actions:N0} actions of {Users:N0} users with {Items:N0} items, {FileBytes / 1e6:N0} MB: {Seconds:N0} s wall, {CpuSeconds:N0} s processor, peak {PeakBytes / 1e6:N0} MB ({PeakBytesPerAction:0} bytes an action), model {ModelBytes / 1e6:N0} MB");
}

/// <summary>Does what <c>train --epochs 1</c> does, in this process, on a file that it writes.</summary>
static class WholeRunMeasure
{
    /// <summary>Runs it in a temporary folder.</summary>
    /// <param name="actions">How many lines.</param>
    /// <param name="length">Actions a user.</param>
    /// <param name="items">How many items there are.</param>
    /// <param name="progress">Where to say what is being done.</param>
    /// <param name="cancellation">Ends it.</param>
    public static WholeRun Run(long actions, int length, int items, TextWriter progress, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("sasrec-growth").FullName;
        try
        {
            var (file, model) = (Path.Combine(folder, "actions.txt"), Path.Combine(folder, "model"));
            Write(file, actions, length, items);
            progress.WriteLine($"{file}: {new FileInfo(file).Length:N0} bytes");
            var (wall, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var output = new StringWriter();
            var terminal = new Terminal(output, Console.Error, interactive: false, TimeProvider.System, _ => null);
            string[] command = ["train", "--data", file, "--out", model, "--epochs", "1", "--json"];
            var code = CommandTree.RunAsync(command, terminal, cancellation).GetAwaiter().GetResult();
            if (code != 0)
            {
                throw new InvalidOperationException($"train ended with {code}: {output}");
            }

            var summary = JsonDocument.Parse(output.ToString()).RootElement;
            var peak = Process.GetCurrentProcess().PeakWorkingSet64;
            return new WholeRun(
                actions,
                summary.GetProperty("users").GetInt32(),
                summary.GetProperty("items").GetInt32(),
                new FileInfo(file).Length,
                Stopwatch.GetElapsedTime(wall).TotalSeconds,
                (Environment.CpuUsage.TotalTime - processor).TotalSeconds,
                peak,
                (double)peak / actions,
                Directory.GetFiles(model).Sum(path => new FileInfo(path).Length));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static void Write(string path, long actions, int length, int items)
    {
        using var writer = new StreamWriter(path);
        var written = 0L;
        for (var user = 0; written < actions; user++)
        {
            var count = Math.Min(actions - written, 2 + CounterRandom.Below(3, (ulong)user, (2 * length) - 3));
            for (; count > 0; count--)
            {
                writer.Write("user-");
                writer.Write(user);
                writer.Write(" item-");
                writer.WriteLine(GrowthBench.Item(items, (ulong)written++));
            }
        }
    }
}
