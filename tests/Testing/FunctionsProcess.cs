using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SasRec.Testing;

/// <summary>The functions app as it is built, run by the genuine worker behind the development host, on a free port.</summary>
public sealed class FunctionsProcess : IAsyncDisposable
{
    const string Listening = "Listening on ";
    const string Worker = "Worker: process ";
    static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(40);

    readonly Process process;
    readonly StringBuilder output = new();
    readonly TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    FunctionsProcess(Process process) => this.process = process;

    /// <summary>Where the API listens.</summary>
    public Uri Address => address.Task.Result;

    /// <summary>The host's process id.</summary>
    public int ProcessId => process.Id;

    /// <summary>The worker's process id.</summary>
    public int WorkerProcessId { get; private set; }

    /// <summary>What the host and the worker have written so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    /// <summary>Starts the app and waits until it listens.</summary>
    /// <param name="settings">App settings, each as <c>Section:Name=value</c>; the last of one name wins.</param>
    /// <exception cref="InvalidOperationException">The app ended before it listened; the message holds what it wrote.</exception>
    public static async Task<FunctionsProcess> StartAsync(IEnumerable<string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var start = new ProcessStartInfo("dotnet", [Built("SasRec.Host", "SasRec.Host.dll"), Built("SasRec.Functions", ""), "--port", "0"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["Host__StopWhenInputCloses"] = "true";

        // These processes live for seconds: code that is compiled a second time, for speed, costs more than all that it does.
        start.Environment["DOTNET_TC_CallCounting"] = "0";
        foreach (var setting in settings)
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            start.Environment[setting[..equals].Replace(":", "__", StringComparison.Ordinal)] = setting[(equals + 1)..];
        }

        var app = new FunctionsProcess(Process.Start(start)!);
        app.process.OutputDataReceived += (_, e) => app.Read(e.Data);
        app.process.ErrorDataReceived += (_, e) => app.Read(e.Data);
        app.process.BeginOutputReadLine();
        app.process.BeginErrorReadLine();
        using var timeout = new CancellationTokenSource(StartTimeout);
        try
        {
            await Task.WhenAny(app.address.Task, app.process.WaitForExitAsync(timeout.Token)).ConfigureAwait(false);
            return app.address.Task.IsCompletedSuccessfully
                ? app
                : throw new InvalidOperationException($"The functions app did not start:\n{app.Output}");
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Where the build put a file of a project of the solution.</summary>
    public static string Built(string project, string file)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, project, here.Name, file);
    }

    /// <summary>Ends the app in order.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            using var timeout = new CancellationTokenSource(StopTimeout);
            await process.WaitForExitAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        process.Dispose();
    }

    void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (output)
        {
            output.AppendLine(line);
        }

        if (line.StartsWith(Worker, StringComparison.Ordinal))
        {
            WorkerProcessId = int.Parse(line.AsSpan(Worker.Length), CultureInfo.InvariantCulture);
        }

        var at = line.IndexOf(Listening, StringComparison.Ordinal);
        if (at >= 0)
        {
            address.TrySetResult(new Uri(line[(at + Listening.Length)..]));
        }
    }
}
