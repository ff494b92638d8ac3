using System.Globalization;
using System.Text.RegularExpressions;

namespace SasRec.Loop;

/// <summary>Starts the functions app as a process of its own and waits until it answers.</summary>
static partial class FunctionsHost
{
    /// <summary>Where the build put an assembly of the solution, beside this one.</summary>
    public static string Built(string project)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, project, here.Name, project + ".dll");
    }

    static void TellOfTrainer(string line)
    {
        if (TrainerStarted().Match(line) is { Success: true } match)
        {
            Say.Line($"trainer: process {match.Groups[1].Value}");
        }
    }

    [GeneratedRegex(@"Run \S+ started by \S+ as process (\d+)")]
    private static partial Regex TrainerStarted();

    public static async Task<ILocalProcess> StartAsync(
        string host, Workspace workspace, IReadOnlyDictionary<string, string> environment, ApiClient api, CancellationToken cancellation)
    {
        var app = Path.GetDirectoryName(Built("SasRec.Functions"))!;
        var port = workspace.Settings.Api.ToString(CultureInfo.InvariantCulture);
        string[] command = host == RunOptions.CoreTools
            ? ["func", "start", "--script-root", app, "--no-build", "--port", port]
            : ["dotnet", Built("SasRec.Host"), app, "--port", port];
        var process = ChildProcess.Start(workspace.Log("functions"), environment, TellOfTrainer, command);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        var ended = process.WaitForExitAsync(patience.Token);
        while (!ended.IsCompleted)
        {
            try
            {
                await api.HealthAsync(patience.Token);
                return process;
            }
            catch (HttpRequestException)
            {
                await Task.WhenAny(ended, Task.Delay(50, patience.Token));
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        cancellation.ThrowIfCancellationRequested();
        await process.DisposeAsync();
        throw new InvalidOperationException($"The functions host did not answer; the end of {workspace.Log("functions")} says why.");
    }
}
