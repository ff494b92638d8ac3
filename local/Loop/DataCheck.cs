using System.Diagnostics;
using System.Text.Json;

namespace SasRec.Loop;

/// <summary>Has the trainer read the data before anything starts: it says what it understood, and asks where that is in doubt.</summary>
static class DataCheck
{
    /// <summary>Checks the files.</summary>
    /// <param name="files">The files; none is right too.</param>
    /// <param name="asked">How they are to be read: options of the trainer's import.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The options, and those that stand for what a person answered; and how many interactions the files hold.</returns>
    /// <exception cref="ArgumentException">The data cannot be used; the trainer has said why.</exception>
    public static async Task<CheckedData> RunAsync(IReadOnlyList<string> files, IReadOnlyList<string> asked, CancellationToken cancellation)
    {
        if (files.Count == 0)
        {
            return new CheckedData(asked, 0);
        }

        var start = new ProcessStartInfo("dotnet", [FunctionsHost.Built("SasRec.Trainer"), "import", .. files, "--check", "--json", .. asked])
        {
            RedirectStandardOutput = true,
        };
        using var trainer = Process.Start(start)!;
        try
        {
            var output = await trainer.StandardOutput.ReadToEndAsync(cancellation);
            await trainer.WaitForExitAsync(cancellation);
            if (trainer.ExitCode != 0)
            {
                throw new ArgumentException("The data cannot be used as it is; nothing was started.");
            }

            using var result = JsonDocument.Parse(output.Trim().Split('\n')[^1]);
            var answers = result.RootElement.GetProperty("answers").EnumerateArray().Select(answer => answer.GetString()!).ToArray();
            var pairs = asked.ToList();
            for (var i = 0; i + 1 < answers.Length; i += 2)
            {
                if (!asked.Contains(answers[i]))
                {
                    pairs.AddRange([answers[i], answers[i + 1]]);
                }
            }

            return new CheckedData(pairs, result.RootElement.GetProperty("interactions").GetInt64());
        }
        finally
        {
            if (!trainer.HasExited)
            {
                trainer.Kill();
            }
        }
    }
}

/// <summary>Files that were read to their ends.</summary>
/// <param name="Options">How they are to be read: options of the trainer's import.</param>
/// <param name="Interactions">How many interactions they hold.</param>
sealed record CheckedData(IReadOnlyList<string> Options, long Interactions);
