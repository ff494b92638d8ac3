using System.Text.Json;
using SasRec.Core.Contracts;
using SasRec.Trainer.Commands;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Tests;

/// <summary>What one command line came to.</summary>
sealed record JobOutcome(ExitCode Code, string Output, string Error)
{
    /// <summary>The last line of stdout.</summary>
    public JsonElement Json => JsonDocument.Parse(Output.Trim().Split('\n')[^1]).RootElement;
}

/// <summary>Runs command lines in this process as Program does.</summary>
static class Job
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="storage">The connection string of the storage account; null for none.</param>
    /// <param name="prefix">What stands before every name in the account.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    public static async Task<JobOutcome> RunAsync(
        IEnumerable<string> args, string? storage = null, string? prefix = null, CancellationToken cancellation = default)
    {
        var settings = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = storage,
            ["Storage__NamePrefix"] = prefix,
            ["Storage__FeedMargin"] = "00:00:02",
            ["Storage__FeedLag"] = "00:00:04.2",
        };
        var (output, error) = (new StringWriter(), new StringWriter());
        var terminal = new Terminal(output, error, interactive: false, TimeProvider.System, name => settings.GetValueOrDefault(name), settings.Keys);
        var code = await CommandTree.RunAsync([.. args], terminal, cancellation);
        return new JobOutcome((ExitCode)code, output.ToString(), error.ToString());
    }
}
