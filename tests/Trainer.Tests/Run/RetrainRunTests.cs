using SasRec.Core.Contracts;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Storage.Training;

namespace SasRec.Trainer.Tests.Run;

public sealed class RetrainRunTests(StorageEmulator emulator) : IDisposable
{
    readonly ScratchFolder work = new();

    public void Dispose() => work.Dispose();

    [Fact]
    public async Task A_run_goes_from_the_log_to_a_model_that_serves_and_is_recorded()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 90, first: 0, count: 8);

        var outcome = await log.RunAsync(work);

        Assert.True(outcome.Code == ExitCode.Ok, outcome.Error);
        Assert.Equal("published", outcome.Json.GetProperty("outcome").GetString());
        Assert.Equal(720, outcome.Json.GetProperty("events").GetInt32());
        Assert.True(outcome.Json.GetProperty("ndcg10").GetDouble() > 2 * outcome.Json.GetProperty("popularityNdcg10").GetDouble());
        var version = outcome.Json.GetProperty("modelVersion").GetString()!;
        var registry = new ModelRegistry(log.Storage);
        Assert.Equal(version, (await registry.CurrentAsync())!.Pointer.Version);

        var manifest = await registry.DownloadAsync(version, work.File("downloaded"));
        Assert.Equal(["items.json", "model.onnx", "neighbours.bin", "strict.safetensors", "weights.safetensors"], manifest.Files.Keys.Order());
        Assert.True(manifest.Verdict!.Passed);
        Assert.Equal(90, manifest.Data.Users);
        Assert.Equal(new(2025, 6, 1, 0, 0, 0, TimeSpan.Zero), manifest.Data.From);
        Assert.Contains("popularity-7d", manifest.Baselines.Keys);

        var run = Assert.Single(await new RunLog(log.Storage).ListAsync());
        Assert.Equal(RunOutcome.Published, run.Outcome);
        Assert.Equal(version, run.ModelVersion);
        Assert.NotNull(run.FinishedAt);
        Assert.Equal(["compare", "content", "export", "publish", "refit", "report", "response", "snapshot", "train", "weigh"], run.PhaseSeconds.Keys.Order());
        Assert.False(Directory.Exists(work.File("checkpoints")));

        // Nothing was served yet, so nothing is known of what users take, and all say so.
        const string Off = "The response model is switched off: 0 slots were served";
        Assert.StartsWith(Off, outcome.Json.GetProperty("response").GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.StartsWith(Off, manifest.Response!.Reason, StringComparison.Ordinal);
        Assert.Equal(manifest.Response, run.Response);

        // Both trainings stand in the curve, the strict one with its validations.
        Assert.Null(run.Progress);
        Assert.Equal(Enumerable.Range(1, 12), run.Curve.Where(point => point.Phase == "train").Select(point => point.Epoch));
        Assert.True(run.Curve.Last(point => point.Metric is not null).Metric > 0.5);
        Assert.Contains(run.Curve, point => point is { Phase: "refit", Epoch: 1, Metric: null, PositionsPerSecond: > 0 });
    }

    [Fact]
    public async Task The_record_of_a_run_at_work_shows_the_training_curve_as_it_grows()
    {
        var log = new SmallLog(emulator);
        // Enough that training outlasts several records, which are written every three seconds.
        await log.AppendAsync(users: 600, first: 0, count: 8);
        var runs = new RunLog(log.Storage);
        using var interrupt = new CancellationTokenSource();
        var running = log.JobAsync(interrupt.Token, ["run", "--work", work.Path, .. SmallLog.Quick(epochs: 10_000), "--patience", "10000"]);
        var seen = new List<RunRecord>();

        await Until(
            async () =>
            {
                if ((await runs.ListAsync()).SingleOrDefault() is { Progress: not null, Curve.Count: > 0 } now)
                {
                    seen.Add(now);
                }

                return running.IsCompleted || (seen.Count > 0 && seen[^1].Curve.Count > seen[0].Curve.Count);
            },
            interrupt);
        await running;

        var progress = seen[^1].Progress!;
        Assert.Equal((RunOutcome.Running, "train", 10_000), (seen[^1].Outcome, progress.Phase, progress.Training!.Epochs));
        Assert.True(progress.At >= seen[0].Progress!.At);
        Assert.InRange(progress.Training.Epoch, seen[^1].Curve.Count, seen[^1].Curve.Count + 1_000);
        Assert.True(progress.Training is { PositionsPerSecond: > 0, SecondsLeft: > 0, EpochFraction: >= 0 and <= 1 });
        var ended = Assert.Single(await runs.ListAsync());
        Assert.Null(ended.Progress);
        Assert.True(ended.Curve.Count >= seen[^1].Curve.Count);
    }

    [Fact]
    public async Task A_second_run_while_one_is_at_work_says_so_and_does_nothing()
    {
        var log = new SmallLog(emulator);
        await log.Storage.EnsureCreatedAsync();
        await using var other = await SingleFlight.TryAcquireAsync(log.Storage, Names.RetrainLease);

        var outcome = await log.RunAsync(work);

        Assert.Equal(ExitCode.LeaseHeld, outcome.Code);
        Assert.Empty(await new RunLog(log.Storage).ListAsync());
    }

    [Fact]
    public async Task An_interrupted_run_is_recorded_gives_back_the_lease_and_keeps_its_checkpoint()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 60, first: 0, count: 8);
        using var interrupt = new CancellationTokenSource();
        var running = log.JobAsync(interrupt.Token, ["run", "--work", work.Path, .. SmallLog.Quick(epochs: 10_000), "--patience", "10000"]);
        await Until(() => Task.FromResult(Directory.Exists(work.File("checkpoints")) || running.IsCompleted), interrupt);

        var outcome = await running;

        Assert.True(outcome.Code == ExitCode.Interrupted, outcome.Error);
        Assert.Equal(RunOutcome.Cancelled, Assert.Single(await new RunLog(log.Storage).ListAsync()).Outcome);
        await using var free = await SingleFlight.TryAcquireAsync(log.Storage, Names.RetrainLease);
        Assert.NotNull(free);
        Assert.NotEmpty(Directory.GetFiles(work.File("checkpoints"), "*", SearchOption.AllDirectories));
    }

    static async Task Until(Func<Task<bool>> condition, CancellationTokenSource then)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(20, deadline.Token);
        }

        // Training has begun; a moment later it is under way.
        await then.CancelAsync();
    }
}
