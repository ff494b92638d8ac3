using SasRec.Storage.Models;
using SasRec.Storage.Training;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests.Training;

public class RunLogTests(StorageEmulator emulator)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_are_listed_newest_first_as_they_were_last_saved()
    {
        var time = new ManualTime(Noon);
        var runs = new RunLog(await NewAsync(emulator, time));
        var first = new RunRecord { RunId = runs.NewId(), Trigger = "timer", StartedAt = time.GetUtcNow() };
        await runs.SaveAsync(first, Cancellation);
        time.Advance(TimeSpan.FromSeconds(1));
        var second = new RunRecord { RunId = runs.NewId(), Trigger = "http", StartedAt = time.GetUtcNow() };
        await runs.SaveAsync(second, Cancellation);
        await runs.SaveAsync(first with
        {
            Outcome = RunOutcome.Published,
            FinishedAt = time.GetUtcNow(),
            Data = new DataRange(Noon, Noon, 1, 1, 1),
            Metrics = new Dictionary<string, double> { ["ndcg@10"] = 0.5 },
        }, Cancellation);

        var listed = await runs.ListAsync(10, Cancellation);
        Assert.Equal([(second.RunId, RunOutcome.Running), (first.RunId, RunOutcome.Published)], listed.Select(r => (r.RunId, r.Outcome)));
        Assert.Equal(0.5, listed[1].Metrics["ndcg@10"]);
        Assert.Equal(second.RunId, Assert.Single(await runs.ListAsync(1, Cancellation)).RunId);
        Assert.Null(await runs.GetAsync("none", Cancellation));
    }

    [Fact]
    public async Task A_run_is_at_work_only_while_the_right_to_train_is_held_and_no_newer_run_has_begun()
    {
        var time = new ManualTime(Noon);
        var storage = await NewAsync(emulator, time);
        var runs = new RunLog(storage);
        var right = await SingleFlight.TryAcquireAsync(storage, Names.RetrainLease, Cancellation);
        var killed = await BeginAsync();
        Assert.Equal([RunOutcome.Running], await OutcomesAsync());

        time.Advance(TimeSpan.FromSeconds(1));
        await BeginAsync();
        Assert.Equal([RunOutcome.Running, RunOutcome.Died], await OutcomesAsync());

        await right!.DisposeAsync();
        Assert.Equal([RunOutcome.Died, RunOutcome.Died], await OutcomesAsync());
        Assert.Equal(RunOutcome.Running, (await runs.GetAsync(killed, Cancellation))!.Outcome);

        async Task<string> BeginAsync()
        {
            var run = new RunRecord { RunId = runs.NewId(), Trigger = "timer", StartedAt = time.GetUtcNow() };
            await runs.SaveAsync(run, Cancellation);
            return run.RunId;
        }

        async Task<IEnumerable<RunOutcome>> OutcomesAsync() =>
            (await runs.StandingAsync(await runs.ListAsync(10, Cancellation), Cancellation)).Select(run => run.Outcome);
    }
}
