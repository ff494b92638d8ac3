using System.Text.Json;
using SasRec.Functions.Retrain;
using SasRec.Functions.Tests.Serve;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Storage.Training;

namespace SasRec.Functions.Tests.Retrain;

public class RetrainTests(RetrainApp retraining) : IClassFixture<RetrainApp>
{
    readonly TestApp app = retraining.App;
    readonly ScratchFolder folder = retraining.Folder;

    [Fact]
    public async Task A_run_starts_when_enough_is_new_or_when_forced_and_only_one_at_a_time()
    {
        retraining.Job("echo started >> starts; while [ ! -e go ]; do sleep 0.05; done; env > environment; echo \"$@\" > said; mv said arguments");
        var tooFew = await app.PostAsync("/api/retrain", "", 200);
        Assert.Equal((false, 0, 3), Decision(tooFew));

        await app.PostAsync("/api/events", new { events = Enumerable.Range(0, 3).Select(i => new { userId = "u", itemId = $"i{i}" }) }, 202);
        var started = await StartedAsync("");
        Assert.Equal((true, 3, 3), Decision(started));
        await Eventually.TrueAsync("the job is at work", () => Task.FromResult(File.Exists(folder.File("starts"))));
        await app.PostAsync("/api/retrain", "", 409);
        await app.PostAsync("/api/retrain?force=true", "", 409);

        await File.WriteAllTextAsync(folder.File("go"), "");
        var again = await StartedAsync("?force=true");
        await Eventually.TrueAsync("the other run ran", async () => File.Exists(folder.File("arguments")) &&
            await File.ReadAllTextAsync(folder.File("arguments")) == $"--run-id {again.GetProperty("runId").GetString()} --trigger http\n");
        Assert.Equal(2, (await File.ReadAllLinesAsync(folder.File("starts"))).Length);
        var environment = await File.ReadAllTextAsync(folder.File("environment"));
        Assert.Contains($"AzureWebJobsStorage={app.ConnectionString}", environment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_due_next_says_when_and_what_it_lacks_and_a_model_is_refreshed_in_between()
    {
        retraining.Job("echo \"$@\" > said; mv said refreshed");
        await using var waiting = await TestApp.StartAsync(
            retraining.Command, "Retrain:MinimumNewEvents=3", "Retrain:RefreshMinimumNewEvents=2", "RetrainSchedule=0 30 4 * * *");
        await AddAsync(1);
        var outlook = await Eventually.GetAsync("the event is counted", OutlookAsync, found => found.GetProperty("newEvents").GetInt32() == 1);
        var next = outlook.GetProperty("nextAt").GetDateTimeOffset();
        Assert.Equal((new TimeSpan(4, 30, 0), TimeSpan.Zero), (next.TimeOfDay, next.Offset));
        Assert.InRange(next - DateTimeOffset.UtcNow, TimeSpan.Zero, TimeSpan.FromDays(1));
        Assert.Equal(3, outlook.GetProperty("minimumNewEvents").GetInt32());
        Assert.False(Would(outlook, "wouldStart") || Would(outlook, "deletionDue"));

        // Two are enough for a refresh, where there is a model to refresh.
        await AddAsync(1);
        outlook = await Eventually.GetAsync("the other is counted", OutlookAsync, found => found.GetProperty("newEvents").GetInt32() == 2);
        Assert.False(Would(outlook, "wouldStart") || Would(outlook, "wouldRefresh"));
        await new TestModel(10).PublishAsync(waiting.Get<ModelRegistry>());
        outlook = await OutlookAsync();
        Assert.Equal((false, true), (Would(outlook, "wouldStart"), Would(outlook, "wouldRefresh")));
        var refresh = await StartedAsync("", waiting);
        Assert.True(refresh.GetProperty("refresh").GetBoolean());
        await Eventually.TrueAsync("the refresh ran", async () => File.Exists(folder.File("refreshed")) &&
            await File.ReadAllTextAsync(folder.File("refreshed")) == $"--run-id {refresh.GetProperty("runId").GetString()} --trigger http --refresh\n");

        await AddAsync(1);
        outlook = await Eventually.GetAsync("a training would start", OutlookAsync, found => Would(found, "wouldStart"));
        Assert.False(Would(outlook, "wouldRefresh"));
        Assert.True((await StartedAsync("?refresh=true", waiting)).GetProperty("refresh").GetBoolean());

        Task<JsonElement> OutlookAsync() => waiting.GetAsync("/api/retrain");

        Task AddAsync(int count) => waiting.PostAsync(
            "/api/events", new { events = Enumerable.Range(0, count).Select(_ => new { userId = "u", itemId = $"{Guid.NewGuid()}" }) }, 202);

        static bool Would(JsonElement outlook, string what) => outlook.GetProperty(what).GetBoolean();
    }

    [Fact]
    public async Task While_any_process_holds_the_right_to_train_no_run_is_started()
    {
        retraining.Job("true");
        var right = await Eventually.GetAsync(
            "the right is free", () => SingleFlight.TryAcquireAsync(app.Storage, Names.RetrainLease), taken => taken is not null);
        await using (right)
        {
            await app.PostAsync("/api/retrain?force=true", "", 409);
        }

        await StartedAsync("?force=true");
    }

    [Fact]
    public async Task A_run_that_died_without_a_word_is_recorded_with_its_last_words()
    {
        retraining.Job("echo 'reading 1,000 events'; echo 'out of memory' >&2; exit 7");
        var run = await EndedAsync((await StartedAsync("?force=true")).GetProperty("runId").GetString()!);
        Assert.Equal((RunOutcome.Failed, "http"), (run.Outcome, run.Trigger));
        Assert.NotNull(run.FinishedAt);
        Assert.Contains("exit code 7", run.Error, StringComparison.Ordinal);
        Assert.Contains("reading 1,000 events", run.Error, StringComparison.Ordinal);
        Assert.Contains("out of memory", run.Error, StringComparison.Ordinal);
        await Eventually.TrueAsync("health says so", async () =>
            (await app.HealthAsync()).GetProperty("problems").EnumerateArray().Any(p => p.GetString()!.Contains("retrain run", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_run_that_was_killed_leaves_no_record_that_still_runs()
    {
        retraining.Job("while [ ! -e go ]; do sleep 0.05; done; kill -9 $$");
        var begun = new RunRecord
        {
            RunId = (await StartedAsync("?force=true")).GetProperty("runId").GetString()!, Trigger = "http", StartedAt = DateTimeOffset.UtcNow,
        };
        await app.Get<RunLog>().SaveAsync(begun);
        await File.WriteAllTextAsync(folder.File("go"), "");
        var run = await EndedAsync(begun.RunId);
        Assert.Equal((RunOutcome.Failed, begun.StartedAt), (run.Outcome, run.StartedAt));
        Assert.Contains("exit code 137", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_host_stops_the_job_stops_with_it()
    {
        retraining.Job("echo $$ > said; mv said pid; sleep 600");
        var second = await app.StartAnotherAsync(retraining.Command);
        var runId = (await StartedAsync("?force=true", second)).GetProperty("runId").GetString()!;
        await Eventually.TrueAsync("the job is at work", () => Task.FromResult(File.Exists(folder.File("pid"))));
        var pid = await File.ReadAllTextAsync(folder.File("pid"));
        await second.DisposeAsync();
        Assert.False(Directory.Exists($"/proc/{pid.Trim()}"));
        Assert.Equal(RunOutcome.Cancelled, (await EndedAsync(runId)).Outcome);
    }

    [Fact]
    public async Task The_timer_starts_a_run_by_itself()
    {
        retraining.Job("echo \"$@\" > said; mv said timed");

        // On storage of its own, for one host at a time has the timers of a storage account.
        await using var second = await TestApp.StartAsync(
            retraining.Command, "RetrainSchedule=*/1 * * * * *", "Retrain:MinimumNewEvents=0", "Logging:LogLevel:SasRec=Error");
        await Eventually.TrueAsync("a run starts", () => Task.FromResult(File.Exists(folder.File("timed"))));
        Assert.Matches("^--run-id [0-9TZ]+-[0-9a-f]{8} --trigger timer\n$", await File.ReadAllTextAsync(folder.File("timed")));
    }

    [Fact]
    public async Task Without_a_command_or_with_one_that_does_not_start_the_answer_says_so()
    {
        await using var none = await app.StartAnotherAsync("Trainer:Command=");
        var unset = await Eventually.GetAsync("nobody else trains", () => RetrainAsync(none, "?force=true"), answer => answer.Status != 409);
        Assert.Equal(503, unset.Status);
        Assert.Contains("Trainer__Command is not set", unset.Answer.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await using var wrong = await app.StartAnotherAsync("Trainer:Command=/no/such/program run");
        var absent = await wrong.PostAsync("/api/retrain?force=true", "", 503);
        Assert.Contains("/no/such/program", absent.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await none.PostAsync("/api/retrain?force=perhaps", "", 400);
    }

    [Fact]
    public void A_command_line_is_divided_at_spaces_outside_quotes() =>
        Assert.Equal(
            ["dotnet", "/a b/Trainer.dll", "run", "--json"],
            new TrainerOptions { Command = "dotnet \"/a b/Trainer.dll\"  run --json" }.CommandLine());

    Task<RunRecord> EndedAsync(string runId) => Eventually.GetAsync(
        "the run has ended", async () => (await app.Get<RunLog>().GetAsync(runId))!, run => run is { Outcome: not RunOutcome.Running });

    /// <summary>Starts a run as soon as the one of the test before has ended.</summary>
    async Task<JsonElement> StartedAsync(string query, TestApp? other = null) =>
        (await Eventually.GetAsync("a run starts", () => RetrainAsync(other ?? app, query), answer => answer.Status == 202)).Answer;

    static async Task<(int Status, JsonElement Answer)> RetrainAsync(TestApp app, string query = "")
    {
        using var response = await app.Client.PostAsync("/api/retrain" + query, null);
        return ((int)response.StatusCode, JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync()));
    }

    static (bool Started, int New, int Minimum) Decision(JsonElement answer) =>
        (answer.GetProperty("started").GetBoolean(), answer.GetProperty("newEvents").GetInt32(), answer.GetProperty("minimumNewEvents").GetInt32());
}
