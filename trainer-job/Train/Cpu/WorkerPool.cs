using System.Runtime.ExceptionServices;

namespace SasRec.Trainer.Train.Cpu;

/// <summary>A fixed crew of threads that do one thing together, again and again, without allocating; the caller is one of them.</summary>
sealed class WorkerPool : IDisposable
{
    readonly ManualResetEventSlim[] starts;
    readonly CountdownEvent? done;
    Action<int> work = _ => { };
    Exception? failure;
    bool disposed;

    public WorkerPool(int threads)
    {
        Threads = threads;
        starts = new ManualResetEventSlim[threads - 1];
        done = threads > 1 ? new CountdownEvent(threads - 1) : null;
        for (var i = 0; i < starts.Length; i++)
        {
            var worker = i + 1;
            starts[i] = new ManualResetEventSlim(false, spinCount: 100);
            new Thread(() => Loop(worker)) { IsBackground = true, Name = $"training {worker}" }.Start();
        }
    }

    public int Threads { get; }

    /// <summary>Runs on every thread with its number, 0 to Threads - 1, and returns when all are through.</summary>
    public void Run(Action<int> action)
    {
        work = action;
        done?.Reset();
        foreach (var start in starts)
        {
            start.Set();
        }

        try
        {
            action(0);
        }
        finally
        {
            done?.Wait();
        }

        if (Interlocked.Exchange(ref failure, null) is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }

    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        Run(_ => { });
        done?.Dispose();
    }

    void Loop(int worker)
    {
        var start = starts[worker - 1];
        var last = false;
        while (!last)
        {
            start.Wait();
            start.Reset();
            last = disposed;
            try
            {
                work(worker);
            }
            catch (Exception error)
            {
                Interlocked.CompareExchange(ref failure, error, null);
            }

            done!.Signal();
        }

        start.Dispose();
    }
}
