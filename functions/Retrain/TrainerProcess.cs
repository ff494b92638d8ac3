using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Retrain;

/// <summary>One run of the trainer job as a child process.</summary>
sealed class TrainerProcess : IDisposable
{
    const int KeptLines = 20;

    readonly Process process;
    readonly Queue<string> said = new();

    TrainerProcess(Process process) => this.process = process;

    public int Id => process.Id;

    /// <summary>The last lines of its output and errors.</summary>
    public string LastWords
    {
        get
        {
            lock (said)
            {
                return string.Join('\n', said);
            }
        }
    }

    /// <summary>Starts the job. It sees the storage account and its own settings as this application does.</summary>
    /// <exception cref="InvalidOperationException">The program cannot be started.</exception>
    public static TrainerProcess Start(TrainerOptions options, IEnumerable<string> ofRun, IConfiguration configuration, ILogger log)
    {
        if (options.CommandLine() is not [var program, .. var arguments])
        {
            throw new InvalidOperationException("Trainer__Command is not set, so no trainer job can be started here.");
        }

        var start = new ProcessStartInfo(program, [.. arguments, .. ofRun])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var section in (ReadOnlySpan<string>)["AzureWebJobsStorage", "Storage", "Trainer", "Events"])
        {
            foreach (var (name, value) in configuration.GetSection(section).AsEnumerable())
            {
                if (value is not null)
                {
                    start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
                }
            }
        }

        // The run goes on in the trace of what started it, and tells of itself where this application does.
        start.Environment[TraceLink.Variable] = TraceLink.Current;
        foreach (var (name, value) in configuration.AsEnumerable().Where(s => s.Key.StartsWith("OTEL_", StringComparison.Ordinal)))
        {
            start.Environment[name] = value;
        }

        try
        {
            var job = new TrainerProcess(new Process { StartInfo = start });
            job.process.OutputDataReceived += (_, e) => job.Hear(e.Data, log);
            job.process.ErrorDataReceived += (_, e) => job.Hear(e.Data, log);
            job.process.Start();
            job.process.BeginOutputReadLine();
            job.process.BeginErrorReadLine();
            return job;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"The trainer job '{options.Command}' cannot be started: {e.Message}.", e);
        }
    }

    /// <summary>Waits for its end and for everything that it said.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitAsync(CancellationToken cancellation)
    {
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode;
    }

    /// <summary>Ends it at once, with all that it started. The job is made to lose nothing by that.</summary>
    public void Kill() => process.Kill(entireProcessTree: true);

    public void Dispose() => process.Dispose();

    void Hear(string? line, ILogger log)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        log.LogInformation("{Line}", line);
        lock (said)
        {
            said.Enqueue(line);
            if (said.Count > KeptLines)
            {
                said.Dequeue();
            }
        }
    }
}
