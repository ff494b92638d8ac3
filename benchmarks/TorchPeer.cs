using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Trainer.Train;

namespace SasRec.Bench;

/// <summary>What the peer measured of itself.</summary>
/// <param name="PositionsPerSecond">True positions, by wall time.</param>
/// <param name="PositionsPerCpuSecond">By processor time.</param>
/// <param name="Name">Versions of PyTorch and its BLAS.</param>
sealed record TorchRate(double PositionsPerSecond, double PositionsPerCpuSecond, string Name);

/// <summary>Runs the same network, loss and batch in PyTorch.</summary>
static class TorchPeer
{
    public static TorchRate Run(string python, SequenceDataset data, SasRecConfig config, TrainingOptions options, int seconds, string device)
    {
        var sequences = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(sequences, Enumerable.Range(0, data.UserCount).Where(user => data.Items(user).Length >= 2)
                .Select(user => string.Join(' ', data.Items(user).ToArray())));
            var script = Path.Combine(AppContext.BaseDirectory, "peers", "sasrec_torch.py");
            string[] arguments =
            [
                script, sequences, Text(data.ItemCount), Text(config.Width), Text(config.Blocks), Text(config.Heads), Text(config.MaxLength),
                Text(options.Negatives), options.Dropout.ToString(CultureInfo.InvariantCulture), Text(options.BatchSize), options.Loss.ToString(),
                Text(options.Threads), Text(seconds), device,
            ];
            using var process = Process.Start(new ProcessStartInfo(python, arguments) { RedirectStandardOutput = true })!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{python} {script} ended with {process.ExitCode}; does it have torch?");
            }

            return JsonSerializer.Deserialize<TorchRate>(output, JsonSerializerOptions.Web)!;
        }
        finally
        {
            File.Delete(sequences);
        }

        static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
    }
}
