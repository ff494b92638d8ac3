using System.Text.Json;
using SasRec.Functions.Retrain;
using SasRec.Storage;
using SasRec.Storage.Training;

namespace SasRec.Functions.Tests.Retrain;

public class RetrainTests
{
    [Fact]
    public async Task A_run_starts_when_enough_is_new_or_when_forced_and_only_one_at_a_time()
    {
        using var folder = new ScratchFolder();
        await using var app = await StartAsync(
            folder,
            "echo started >> starts; while [ ! -e go ]; do sleep 0.05; done; env > environment; echo \"$@\" > said; mv said arguments",
            "Retrain:MinimumNewEvents=3");
        var tooFew = await app.PostAsync("/api/retrain", "", 200);
        Assert.Equal((false, 0, 3), Decision(tooFew));

        await app.PostAsync("/api/events", new { events = Enumerable.Range(0, 3).Select(i => new { userId = "u", itemId = $"i{i}" }) }, 202);
        var started = await Eventually.GetAsync("a run starts", () => RetrainAsync(app), answer => answer.Status == 202);
        Assert.Equal((true, 3, 3), Decision(started.Answer));
        await Eventually.TrueAsync("the job is at work", () => Task.FromResult(File.Exists(folder.File("starts"))));
        await app.PostAsync("/api/retrain", "", 409);
        await app.PostAsync("/api/retrain?force=true", "", 409);

        await File.WriteAllTextAsync(folder.File("go"), "");
        var again = await Eventually.GetAsync("another run starts", () => RetrainAsync(app, "?force=true"), answer => answer.Status == 202);
        await Eventually.TrueAsync("the other run ran", async () => File.Exists(folder.File("arguments")) &&
            await File.ReadAllTextAsync(folder.File("arguments")) == $"--run-id {again.Answer.GetProperty("runId").GetString()} --trigger http\n");
        Assert.Equal(2, (await File.ReadAllLinesAsync(folder.File("starts"))).Length);
        var environment = await File.ReadAllTextAsync(folder.File("environment"));
        Assert.Contains($"AzureWebJobsStorage={app.Azurite.ConnectionString}", environment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_timer_starts_a_run_by_itself()
    {
        using var folder = new ScratchFolder();
        await using var app = await StartAsync(
            folder, "echo \"$@\" > said; mv said arguments", "RetrainSchedule=*/1 * * * * *", "Retrain:MinimumNewEvents=0");
        await Eventually.TrueAsync("a run starts", () => Task.FromResult(File.Exists(folder.File("arguments"))));
        Assert.Matches("^--run-id [0-9TZ]+-[0-9a-f]{8} --trigger timer\n$", await File.ReadAllTextAsync(folder.File("arguments")));
    }

    [Fact]
    public async Task While_any_process_holds_the_right_to_train_no_run_is_started()
    {
        using var folder = new ScratchFolder();
        await using var app = await StartAsync(folder, "true");
        await using (await SingleFlight.TryAcquireAsync(app.Storage, Names.RetrainLease))
        {
            await app.PostAsync("/api/retrain?force=true", "", 409);
        }

        await app.PostAsync("/api/retrain?force=true", "", 202);
    }

    [Fact]
    public async Task A_run_that_died_without_a_word_is_recorded_with_its_last_words()
    {
        using var folder = new ScratchFolder();
        await using var app = await StartAsync(folder, "echo 'reading 1,000 events'; echo 'out of memory' >&2; exit 7", "Health:KeepFor=00:00:00", "Logging:LogLevel:SasRec=Error");
        await app.PostAsync("/api/retrain?force=true", "", 202);
        var report = await Eventually.GetAsync(
            "the run is recorded", () => app.GetAsync("/api/health"), r => r.GetProperty("lastRetrain").ValueKind == JsonValueKind.Object);
        var run = report.GetProperty("lastRetrain");
        Assert.Equal(("Failed", "http"), (run.GetProperty("outcome").GetString(), run.GetProperty("trigger").GetString()));
        var error = run.GetProperty("error").GetString();
        Assert.Contains("exit code 7", error, StringComparison.Ordinal);
        Assert.Contains("reading 1,000 events", error, StringComparison.Ordinal);
        Assert.Contains("out of memory", error, StringComparison.Ordinal);
        Assert.Equal("degraded", report.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_run_that_was_killed_leaves_no_record_that_still_runs()
    {
        using var folder = new ScratchFolder();
        await using var app = await StartAsync(folder, "while [ ! -e go ]; do sleep 0.05; done; kill -9 $$", "Logging:LogLevel:SasRec=Error");
        var runs = app.Get<RunLog>();
        var started = await app.PostAsync("/api/retrain?force=true", "", 202);
        var begun = new RunRecord { RunId = started.GetProperty("runId").GetString()!, Trigger = "http", StartedAt = DateTimeOffset.UtcNow };
        await runs.SaveAsync(begun);
        await File.WriteAllTextAsync(folder.File("go"), "");
        var ended = await Eventually.GetAsync("the run has ended", () => runs.GetAsync(begun.RunId), r => r!.Outcome != RunOutcome.Running);
        Assert.Equal(RunOutcome.Failed, ended!.Outcome);
        Assert.Contains("exit code 137", ended.Error, StringComparison.Ordinal);
        Assert.Single(await runs.ListAsync());
    }

    [Fact]
    public async Task When_the_host_stops_the_job_stops_with_it()
    {
        using var folder = new ScratchFolder();
        var app = await StartAsync(folder, "echo $$ > pid; sleep 600");
        await app.PostAsync("/api/retrain?force=true", "", 202);
        await Eventually.TrueAsync("the job is at work", () => Task.FromResult(File.Exists(folder.File("pid")) && new FileInfo(folder.File("pid")).Length > 1));
        var pid = int.Parse(await File.ReadAllTextAsync(folder.File("pid")), System.Globalization.CultureInfo.InvariantCulture);
        await app.DisposeAsync();
        Assert.False(Directory.Exists($"/proc/{pid}"));
    }

    [Fact]
    public async Task Without_a_command_or_with_one_that_does_not_start_the_answer_says_so()
    {
        await using var none = await TestApp.StartAsync("Trainer:Command=");
        var unset = await none.PostAsync("/api/retrain?force=true", "", 503);
        Assert.Contains("Trainer__Command is not set", unset.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await using var wrong = await TestApp.StartAsync(none.Azurite, "Trainer:Command=/no/such/program run");
        var absent = await wrong.PostAsync("/api/retrain?force=true", "", 503);
        Assert.Contains("/no/such/program", absent.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await none.PostAsync("/api/retrain?force=perhaps", "", 400);
    }

    [Fact]
    public void A_command_line_is_divided_at_spaces_outside_quotes() =>
        Assert.Equal(
            ["dotnet", "/a b/Trainer.dll", "run", "--json"],
            new RetrainOptions { Command = "dotnet \"/a b/Trainer.dll\"  run --json" }.Validated().CommandLine());

    static async Task<TestApp> StartAsync(ScratchFolder folder, string script, params string[] settings)
    {
        await File.WriteAllTextAsync(folder.File("job.sh"), $"cd '{folder.Path}'\n{script}\n");
        return await TestApp.StartAsync([$"Trainer:Command=bash \"{folder.File("job.sh")}\"", .. settings]);
    }

    static async Task<(int Status, JsonElement Answer)> RetrainAsync(TestApp app, string query = "")
    {
        using var response = await app.Client.PostAsync("/api/retrain" + query, null);
        return ((int)response.StatusCode, JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync()));
    }

    static (bool Started, int New, int Minimum) Decision(JsonElement answer) =>
        (answer.GetProperty("started").GetBoolean(), answer.GetProperty("newEvents").GetInt32(), answer.GetProperty("minimumNewEvents").GetInt32());
}
