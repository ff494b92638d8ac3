using System.Diagnostics;

namespace SasRec.Loop;

/// <summary>A process whose output goes to a log file and that ends with this one: its standard input closes, however we end.</summary>
sealed class ChildProcess : ILocalProcess
{
    readonly Process process;
    readonly StreamWriter log;
    readonly Task reading;

    ChildProcess(Process process, StreamWriter log, Action<string>? onLine)
    {
        (this.process, this.log) = (process, log);
        reading = Task.WhenAll(CopyAsync(process.StandardOutput, onLine), CopyAsync(process.StandardError, onLine));
    }

    public int ProcessId => process.Id;

    /// <summary>Starts a program.</summary>
    /// <param name="logFile">Its output is appended here.</param>
    /// <param name="environment">Variables beside ours.</param>
    /// <param name="onLine">Sees each line of output as it comes.</param>
    /// <param name="command">The program and its arguments.</param>
    public static ChildProcess Start(
        string logFile, IReadOnlyDictionary<string, string> environment, Action<string>? onLine, params IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var log = new StreamWriter(logFile, append: true) { AutoFlush = true };
        return new ChildProcess(Process.Start(start)!, log, onLine);
    }

    public Task WaitForExitAsync(CancellationToken cancellation) => process.WaitForExitAsync(cancellation);

    /// <summary>Waits for the end of the process and of its output.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitCodeAsync(CancellationToken cancellation)
    {
        await process.WaitForExitAsync(cancellation);
        await reading.WaitAsync(cancellation);
        return process.ExitCode;
    }

    async Task CopyAsync(StreamReader from, Action<string>? onLine)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            lock (log)
            {
                log.WriteLine(line);
            }

            onLine?.Invoke(line);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(35));
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        await reading;
        process.Dispose();
        await log.DisposeAsync();
    }
}
