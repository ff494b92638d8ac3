using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace SasRec.Host.Worker;

/// <summary>The worker's process. It ends when this one does, however this one ends.</summary>
sealed class WorkerProcess : IAsyncDisposable
{
    readonly Process process;

    WorkerProcess(Process process) => this.process = process;

    public int Id => process.Id;

    /// <summary>Starts the program that the app's worker.config.json names.</summary>
    public static WorkerProcess Start(string appFolder, IReadOnlyDictionary<string, string> appSettings, Uri server, string workerId)
    {
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(appFolder, "worker.config.json")));
        var description = config.RootElement.GetProperty("description");
        var program = description.GetProperty("defaultExecutablePath").GetString()!;
        var port = server.Port.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(
            program,
            [
                Path.Combine(appFolder, description.GetProperty("defaultWorkerPath").GetString()!),
                "--host", server.Host, "--port", port, "--workerId", workerId, "--requestId", workerId,
                "--grpcMaxMessageLength", $"{WorkerServer.MaxMessageBytes}",
                "--functions-uri", server.ToString(), "--functions-worker-id", workerId, "--functions-request-id", workerId,
                "--functions-grpc-max-message-length", $"{WorkerServer.MaxMessageBytes}",
            ])
        {
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in appSettings)
        {
            start.Environment[name] = value;
        }

        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = appFolder;
        start.Environment["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated";
        start.Environment["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development";
        start.Environment["DOTNET_STARTUP_HOOKS"] = Path.Combine(AppContext.BaseDirectory, "SasRec.WorkerWatchdog.dll");
        return new WorkerProcess(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."));
    }

    /// <summary>Waits for the process to end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync(CancellationToken cancellation)
    {
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode;
    }

    /// <summary>Waits for the worker, which was asked to end, and ends it if it takes longer than <paramref name="grace"/>.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        using var timeout = new CancellationTokenSource(grace);
        await process.WaitForExitAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public ValueTask DisposeAsync()
    {
        process.Dispose();
        return ValueTask.CompletedTask;
    }
}
