using System.Diagnostics;
using System.Text.Json;
using SasRec.Core.Contracts;

namespace SasRec.Trainer.Tests.Commands;

public sealed class SignalTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_process_that_is_asked_to_stop_saves_and_ends_with_its_own_code(string signal)
    {
        var stalled = new TaskCompletionSource();
        await using var host = await EventsHost.StartAsync(async (request, context) =>
        {
            if (request <= 5)
            {
                return false;
            }

            stalled.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        });
        var (file, state) = (scratch.File("pairs"), scratch.File("state.json"));
        File.WriteAllLines(file, Enumerable.Range(0, 200).Select(i => $"u{i} i{i}"));
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var job = Path.Combine(here.Parent!.Parent!.FullName, "SasRec.Trainer", here.Name, "SasRec.Trainer.dll");

        // A shell that runs the tests in the background hands down SIGINT ignored; the job is to meet it as a terminal sends it.
        using var process = Process.Start(new ProcessStartInfo(
            "env", ["--default-signal=INT", "dotnet", job, "import", file, "--url", host.Url, "--batch", "10", "--parallel", "1", "--state", state, "--json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await stalled.Task.WaitAsync(deadline.Token);

        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await process.WaitForExitAsync(deadline.Token);

        Assert.Equal(130, process.ExitCode);
        Assert.Contains("Interrupted", await process.StandardError.ReadToEndAsync(deadline.Token), StringComparison.Ordinal);
        Assert.Equal(50, JsonDocument.Parse(File.ReadAllText(state)).RootElement.GetProperty("line").GetInt32());
    }
}
