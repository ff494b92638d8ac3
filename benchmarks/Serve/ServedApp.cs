using System.Diagnostics;
using System.Globalization;

namespace SasRec.Bench.Serve;

/// <summary>The functions app as it is built, the genuine worker behind the development host, as processes whose time can be read.</summary>
sealed class ServedApp : IAsyncDisposable
{
    const string Listening = "Listening on ";
    const string Worker = "Worker: process ";
    static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);

    readonly Process host;
    readonly TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly List<string> said = [];
    Process? worker;

    ServedApp(Process host) => this.host = host;

    /// <summary>Where it listens.</summary>
    public Uri Address => address.Task.Result;

    /// <summary>Processor time of the worker, in seconds.</summary>
    public double WorkerSeconds => Seconds(worker!);

    /// <summary>Processor time of the development host, in seconds: in Azure the Functions host's place.</summary>
    public double HostSeconds => Seconds(host);

    /// <summary>The most memory that the worker had, in bytes.</summary>
    public long WorkerPeakBytes
    {
        get
        {
            worker!.Refresh();
            return worker.PeakWorkingSet64;
        }
    }

    public static async Task<ServedApp> StartAsync(string connection, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", [Built("SasRec.Host", "SasRec.Host.dll"), Built("SasRec.Functions", ""), "--port", "0"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment =
            {
                ["AzureWebJobsStorage"] = connection,
                ["RetrainSchedule"] = "0 0 0 1 1 *",
                ["Trainer__Command"] = "",
                ["Host__StopWhenInputCloses"] = "true",
            },
        };
        var app = new ServedApp(Process.Start(start)!);
        app.host.OutputDataReceived += (_, e) => app.Read(e.Data);
        app.host.BeginOutputReadLine();
        await app.address.Task.WaitAsync(StartTimeout, cancellation);
        return app;
    }

    public async ValueTask DisposeAsync()
    {
        host.StandardInput.Close();
        await host.WaitForExitAsync();
        host.Dispose();
        worker?.Dispose();
    }

    // Built beside this program.
    static string Built(string project, string file)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, project, here.Name, file);
    }

    static double Seconds(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime.TotalSeconds;
    }

    void Read(string? line)
    {
        lock (said)
        {
            if (line is null)
            {
                address.TrySetException(new InvalidOperationException($"The functions app ended before it listened:\n{string.Join('\n', said)}"));
                return;
            }

            said.Add(line);
            if (line.StartsWith(Worker, StringComparison.Ordinal))
            {
                worker = Process.GetProcessById(int.Parse(line.AsSpan(Worker.Length), CultureInfo.InvariantCulture));
            }
            else if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                address.TrySetResult(new Uri(line[(at + Listening.Length)..]));
            }
        }
    }
}
