using System.Diagnostics;
using System.Text.RegularExpressions;

namespace SasRec.EndToEnd.Tests;

/// <summary>./run without its build: the same program, in a folder of the test's own and on free ports.</summary>
sealed class LocalRun : IAsyncDisposable
{
    static readonly TimeSpan Timeout = TimeSpan.FromMinutes(4);

    readonly Process process;
    readonly List<string> lines = [];
    readonly SemaphoreSlim said = new(0);
    readonly Task reading;
    readonly Task<string> output;

    LocalRun(Process process)
    {
        this.process = process;
        reading = ReadAsync();
        output = process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Everything it has told the person at the terminal.</summary>
    public string Told
    {
        get
        {
            lock (lines)
            {
                return string.Join('\n', lines);
            }
        }
    }

    public static LocalRun Start(string folder, params string[] args)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(here.Parent!.Parent!.FullName, "SasRec.Loop", here.Name, "SasRec.Loop.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--folder", folder, .. args.Contains("--port") ? Array.Empty<string>() : ["--port", "0"], .. args])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        return new LocalRun(Process.Start(start)!);
    }

    /// <summary>Waits until it says something that matches; what it has said before counts.</summary>
    public async Task<Match> SaysAsync(string pattern, int occurrence = 1)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        while (true)
        {
            var matches = Regex.Matches(Told, pattern);
            if (matches.Count >= occurrence)
            {
                return matches[occurrence - 1];
            }

            Assert.False(reading.IsCompleted, $"It ended without saying '{pattern}':\n{Told}");
            await said.WaitAsync(timeout.Token);
        }
    }

    /// <summary>Ends a process of the run the hard way.</summary>
    public static void Kill(int processId)
    {
        using var victim = Process.GetProcessById(processId);
        victim.Kill();
    }

    public void Kill() => process.Kill();

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code and the last line of standard output.</returns>
    public async Task<(int Code, string LastLine)> EndAsync()
    {
        using var timeout = new CancellationTokenSource(Timeout);
        await process.WaitForExitAsync(timeout.Token);
        await reading;
        return (process.ExitCode, (await output).TrimEnd().Split('\n')[^1]);
    }

    async Task ReadAsync()
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            lock (lines)
            {
                lines.Add(line);
            }

            said.Release();
        }

        said.Release();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }
}
