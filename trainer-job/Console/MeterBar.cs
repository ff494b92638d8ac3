using Spectre.Console;
using Spectre.Console.Rendering;

namespace SasRec.Trainer.Console;

/// <summary>Progress for people: a bar with rate and time left.</summary>
static class MeterBar
{
    static readonly TimeSpan Every = TimeSpan.FromMilliseconds(200);

    public static Task<T> WatchAsync<T>(IAnsiConsole console, Meter meter, TimeProvider time, Func<Meter, Task<T>> work) =>
        console.Progress()
            .AutoClear(false)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new PaceColumn(meter),
                new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(meter.Title));
                var running = work(meter);
                while (await Task.WhenAny(running, Task.Delay(Every, time)) != running)
                {
                    task.Value = 100 * meter.Fraction;
                }

                var result = await running;
                task.Value = 100;
                return result;
            });

    sealed class PaceColumn(Meter meter) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(meter.Pace());
    }
}
