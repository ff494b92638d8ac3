using System.Diagnostics;

namespace SasRec.Bench.Chaos;

/// <summary>A process of the system under test, which is killed and started again.</summary>
/// <param name="program">The program's assembly, beside this one's.</param>
/// <param name="arguments">Its arguments.</param>
/// <param name="settings">What its environment has more than this one's.</param>
/// <param name="ready">The line that says that it is ready, or a part of it.</param>
sealed class ChaosProcess(string program, string[] arguments, IReadOnlyDictionary<string, string> settings, string ready) : IDisposable
{
    const string Worker = "Worker: process ";
    static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);

    Process? process;

    /// <summary>Whether it runs.</summary>
    public bool Runs => process is { HasExited: false };

    /// <summary>The process that runs the functions, where this is a host.</summary>
    public int WorkerId { get; private set; }

    /// <summary>Where a program of the solution was built.</summary>
    public static string Built(string project, string file)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, project, here.Name, file);
    }

    /// <summary>Starts it and waits until it is ready, or has ended.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", [Built(program, program + ".dll"), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process?.Dispose();
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.Exited += (_, _) => up.TrySetResult();
        process.ErrorDataReceived += (_, _) => { };
        process.OutputDataReceived += (_, e) =>
        {
            if (e.Data?.StartsWith(Worker, StringComparison.Ordinal) == true)
            {
                WorkerId = int.Parse(e.Data.AsSpan(Worker.Length), System.Globalization.CultureInfo.InvariantCulture);
            }
            else if (e.Data?.Contains(ready, StringComparison.Ordinal) == true)
            {
                up.TrySetResult();
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await up.Task.WaitAsync(StartTimeout, cancellation);
    }

    /// <summary>Ends it at once, as a lost machine does.</summary>
    public void Kill()
    {
        if (Runs)
        {
            process!.Kill();
            process.WaitForExit();
        }
    }

    /// <summary>Waits until it has ended by itself.</summary>
    public Task EndAsync(CancellationToken cancellation) => process?.WaitForExitAsync(cancellation) ?? Task.CompletedTask;

    public void Dispose()
    {
        if (Runs)
        {
            process!.Kill(entireProcessTree: true);
        }

        process?.Dispose();
        process = null;
    }
}
