namespace SasRec.Trainer.Console;

/// <summary>Progress for logs: a plain line now and then.</summary>
sealed class MeterLines(Meter meter, TextWriter error, TimeProvider time)
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    public async Task<T> WatchAsync<T>(Task<T> work)
    {
        while (await Task.WhenAny(work, Task.Delay(Every, time)) != work)
        {
            error.WriteLine(meter.Line());
        }

        return await work;
    }
}
