using SasRec.Storage;
using SasRec.Storage.Training;

namespace SasRec.Functions.Tests.Runs;

public class RunsTests(SharedApp shared)
{
    [Fact]
    public async Task A_run_at_work_is_listed_and_shows_its_curve_and_one_that_was_killed_has_died()
    {
        var runs = shared.App.Get<RunLog>();
        var right = await SingleFlight.TryAcquireAsync(shared.App.Storage, Names.RetrainLease);
        var run = new RunRecord
        {
            RunId = runs.NewId(),
            Trigger = "http",
            StartedAt = DateTimeOffset.UtcNow,
            Progress = new RunProgress(DateTimeOffset.UtcNow, "train", new TrainingStand(3, 10, 0.5, 0.21, 0.06, 0.07, 2, 400_000, 12.5)),
            Curve = [new CurvePoint("train", 1, 0.6, null, 390_000, 4), new CurvePoint("train", 2, 0.3, 0.07, 400_000, 8)],
        };
        await runs.SaveAsync(run);
        var listed = await shared.App.GetAsync("/api/runs?count=100");
        Assert.Contains(listed.GetProperty("runs").EnumerateArray(), r => r.GetProperty("runId").GetString() == run.RunId);
        var found = await shared.App.GetAsync($"/api/runs/{run.RunId}");
        Assert.Equal("Running", found.GetProperty("outcome").GetString());
        Assert.Equal(12.5, found.GetProperty("progress").GetProperty("training").GetProperty("secondsLeft").GetDouble());
        Assert.Equal([0.6, 0.3], found.GetProperty("curve").EnumerateArray().Select(p => p.GetProperty("loss").GetDouble()));

        // A killed run writes nothing more, and its right runs out.
        await right!.DisposeAsync();
        found = await shared.App.GetAsync($"/api/runs/{run.RunId}");
        Assert.Equal("Died", found.GetProperty("outcome").GetString());
        Assert.Equal(run.Progress.At, found.GetProperty("finishedAt").GetDateTimeOffset());
        listed = await shared.App.GetAsync("/api/runs?count=100");
        Assert.Equal("Died", listed.GetProperty("runs").EnumerateArray().Single(r => r.GetProperty("runId").GetString() == run.RunId).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_run_that_never_was_is_not_found() => await shared.App.GetAsync("/api/runs/20260101T000000Z-00000000", 404);

    [Theory]
    [InlineData("/api/runs/..%2Fsnapshot")]
    [InlineData("/api/runs?count=0")]
    [InlineData("/api/runs?count=101")]
    public async Task What_is_no_id_or_count_is_refused(string path) => await shared.App.GetAsync(path, 400);
}
