namespace SasRec.Loop;

/// <summary>Keeps one process running: a process that ends without being asked to is started again, as the cloud would.</summary>
sealed class Supervisor : IAsyncDisposable
{
    readonly string name;
    readonly Func<CancellationToken, Task<ILocalProcess>> start;
    readonly CancellationTokenSource stopping = new();
    ILocalProcess process;
    Task watch = Task.CompletedTask;
    int restarts;

    Supervisor(string name, Func<CancellationToken, Task<ILocalProcess>> start, ILocalProcess process) =>
        (this.name, this.start, this.process) = (name, start, process);

    /// <summary>How often the process had to be started again.</summary>
    public int Restarts => Volatile.Read(ref restarts);

    /// <summary>Starts the process and watches it from then on.</summary>
    public static async Task<Supervisor> StartAsync(string name, Func<CancellationToken, Task<ILocalProcess>> start, CancellationToken cancellation)
    {
        var supervisor = new Supervisor(name, start, await start(cancellation));
        Say.Line($"{name}: process {supervisor.process.ProcessId}");
        supervisor.watch = supervisor.WatchAsync();
        return supervisor;
    }

    async Task WatchAsync()
    {
        while (true)
        {
            await process.WaitForExitAsync(stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
            {
                return;
            }

            await process.DisposeAsync();
            var attempt = Interlocked.Increment(ref restarts);
            Say.Line($"{name} ended unasked; starting it again (restart {attempt})");
            process = await StartAgainAsync();
            Say.Line($"{name}: process {process.ProcessId}");
        }
    }

    async Task<ILocalProcess> StartAgainAsync()
    {
        for (var wait = TimeSpan.FromMilliseconds(200); ; wait = wait < TimeSpan.FromSeconds(5) ? wait * 2 : wait)
        {
            try
            {
                return await start(stopping.Token);
            }
            catch (InvalidOperationException e)
            {
                Say.Line($"{name} did not start: {e.Message}");
                await Task.Delay(wait, stopping.Token);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await process.DisposeAsync();
        stopping.Dispose();
    }
}
