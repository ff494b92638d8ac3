using System.Text.Json;
using SasRec.Trainer.Commands;

namespace SasRec.Trainer.Tests.Commands;

/// <summary>What one command line came to.</summary>
sealed record JobOutcome(ExitCode Code, string Output, string Error)
{
    /// <summary>The last line of stdout.</summary>
    public JsonElement Json => JsonDocument.Parse(Output.Trim().Split('\n')[^1]).RootElement;
}

/// <summary>Runs command lines in this process as Program does.</summary>
static class Job
{
    public static async Task<JobOutcome> RunAsync(IEnumerable<string> args, CancellationToken cancellation = default)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var terminal = new Terminal(output, error, interactive: false, TimeProvider.System);
        var code = await CommandTree.RunAsync([.. args], terminal, cancellation);
        return new JobOutcome((ExitCode)code, output.ToString(), error.ToString());
    }
}
