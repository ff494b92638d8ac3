using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using SasRec.Functions.Retrain;
using SasRec.Storage;
using SasRec.Storage.Training;

namespace SasRec.Functions.Tests.Retrain;

public sealed class ContainerJobTests(SharedApp shared) : IAsyncLifetime
{
    static readonly KeyValuePair<string, string?>[] Settings = [KeyValuePair.Create("Events:Negative", (string?)"hide")];

    ManagementService azure = null!;
    StorageConnection storage = null!;
    RunLog runs = null!;
    ContainerJobLauncher launcher = null!;

    public async ValueTask InitializeAsync()
    {
        azure = await ManagementService.StartAsync();
        storage = new StorageConnection(new StorageOptions
        {
            ConnectionString = shared.App.ConnectionString,
            NamePrefix = "job" + Guid.NewGuid().ToString("N"),
        });
        await storage.EnsureCreatedAsync();
        runs = new RunLog(storage);
        launcher = new ContainerJobLauncher(azure.Client, new ConfigurationBuilder().AddInMemoryCollection(Settings).Build(), storage, runs, TimeProvider.System, NullLogger<ContainerJobLauncher>.Instance);
    }

    public async ValueTask DisposeAsync() => await azure.DisposeAsync();

    [Fact]
    public async Task A_start_keeps_the_jobs_template_and_its_options_names_the_run_and_hands_on_the_trace()
    {
        using var trace = new Activity("a request").Start();
        var run = await StartAsync();
        var container = Assert.Single(azure.Starts)["containers"]![0]!;
        Assert.Equal(
            ["run", "--json", "--width", "128", "--run-id", run!, "--trigger", "timer"],
            container["args"]!.AsArray().Select(a => (string)a!));
        Assert.Equal(("cr.azurecr.io/trainer:1", "trainer", 4), ((string)container["image"]!, (string)container["name"]!, (int)container["resources"]!["cpu"]!));
        Assert.Equal("c", (string)container["env"]![0]!["value"]!);
        Assert.Equal(("Events__Negative", "hide"), ((string)container["env"]![1]!["name"]!, (string)container["env"]![1]!["value"]!));
        Assert.Equal(("TRACEPARENT", trace.Id), ((string)container["env"]![2]!["name"]!, (string)container["env"]![2]!["value"]!));
        Assert.Null(container["probes"]);
    }

    [Theory]
    [InlineData("Running")]
    [InlineData("Processing")]
    [InlineData("Unknown")]
    public async Task While_an_execution_is_open_no_other_is_started(string status)
    {
        Past("Succeeded", "r1");
        Past("Failed", "r2");
        Past(status, "r3");
        Assert.Null(await StartAsync());
        Assert.Empty(azure.Starts);
    }

    [Fact]
    public async Task An_execution_of_another_space_holds_nobody_up_and_is_settled_by_its_own()
    {
        var outdoor = storage.In("outdoor");
        await outdoor.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        var its = new RunLog(outdoor);
        var ofOutdoor = new ContainerJobLauncher(azure.Client, new ConfigurationBuilder().Build(), outdoor, its, TimeProvider.System, NullLogger<ContainerJobLauncher>.Instance);
        azure.Executions.Add(azure.Execution("one", "Running", "r1", DateTimeOffset.UtcNow, "--space", "kitchen"));
        azure.Executions.Add(azure.Execution("two", "Failed", its.NewId(), DateTimeOffset.UtcNow.AddMinutes(-10), "--space", "outdoor"));
        Past("Running", "r2");

        await launcher.SettleAsync(TestContext.Current.CancellationToken);
        await ofOutdoor.SettleAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await runs.ListAsync());
        Assert.Equal([RunOutcome.Failed], (await its.ListAsync()).Select(run => run.Outcome));

        Assert.Null(await StartAsync());
        var run = await ofOutdoor.TryStartAsync("timer", refresh: false, TestContext.Current.CancellationToken);
        Assert.Equal(
            ["--run-id", run!, "--trigger", "timer", "--space", "outdoor"],
            Assert.Single(azure.Starts)["containers"]![0]!["args"]!.AsArray().Select(a => (string)a!).TakeLast(6));
    }

    [Fact]
    public async Task While_somebody_trains_elsewhere_none_is_started()
    {
        await using (await SingleFlight.TryAcquireAsync(storage, Names.RetrainLease))
        {
            Assert.Null(await StartAsync());
        }

        Assert.NotNull(await StartAsync());
    }

    [Fact]
    public async Task Too_many_requests_and_failures_of_the_service_are_waited_out()
    {
        azure.Refusals.Enqueue((429, "TooManyRequests", 1));
        azure.Refusals.Enqueue((503, "ServiceUnavailable", 0));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.NotNull(await StartAsync());
        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(0.9), $"Tried again after {clock.Elapsed}, though asked to wait for 1 s.");
        Assert.Equal(["GET /executions", "GET /executions", "GET /executions", "GET ", "POST /start"], azure.Requests);
    }

    [Theory]
    [InlineData(403, "AuthorizationFailed", "Container Apps Jobs Operator")]
    [InlineData(404, "ResourceNotFound", "Trainer__Job")]
    [InlineData(409, "Conflict", "409 Conflict")]
    public async Task What_Azure_refuses_is_answered_with_what_to_do(int status, string code, string advice)
    {
        azure.Refusals.Enqueue((status, code, 0));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(StartAsync);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
        Assert.Contains(code, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_died_is_recorded_whether_or_not_it_began_a_record()
    {
        var begun = runs.NewId();
        await runs.SaveAsync(new RunRecord { RunId = begun, Trigger = "http", StartedAt = DateTimeOffset.UtcNow });
        var silent = runs.NewId();
        Past("Failed", begun);
        Past("Stopped", silent);
        await launcher.SettleAsync(TestContext.Current.CancellationToken);

        var first = await runs.GetAsync(begun);
        Assert.Equal((RunOutcome.Failed, "http"), (first!.Outcome, first.Trigger));
        Assert.Contains("caj-train-" + begun, first.Error, StringComparison.Ordinal);
        var second = await runs.GetAsync(silent);
        Assert.Equal((RunOutcome.Cancelled, "timer"), (second!.Outcome, second.Trigger));
        Assert.NotNull(second.FinishedAt);
    }

    [Fact]
    public async Task A_run_that_said_how_it_ended_keeps_its_record_and_old_ones_are_left_alone()
    {
        var refused = new RunRecord { RunId = runs.NewId(), Trigger = "timer", StartedAt = DateTimeOffset.UtcNow, Outcome = RunOutcome.Refused };
        await runs.SaveAsync(refused);
        Past("Failed", refused.RunId);
        Past("Failed", "20200101T000000Z-00000000", DateTimeOffset.UtcNow.AddDays(-8));
        await launcher.SettleAsync(TestContext.Current.CancellationToken);
        Assert.Equal([RunOutcome.Refused], (await runs.ListAsync()).Select(run => run.Outcome));
    }

    [Fact]
    public async Task Where_the_ends_cannot_be_asked_for_the_next_run_is_not_held_up()
    {
        azure.Refusals.Enqueue((403, "AuthorizationFailed", 0));
        await launcher.SettleAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(await StartAsync());
    }

    [Theory]
    [InlineData("Trainer:Job=caj-train", "Trainer__Job must be /subscriptions/")]
    [InlineData("Trainer:Management=http://localhost", "Trainer__Management must be an https address")]
    public void A_job_that_cannot_be_meant_stops_the_start(string setting, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => FunctionsApp.CreateBuilder(
        [
            "--AzureWebJobsStorage=UseDevelopmentStorage=true",
            "--RetrainSchedule=0 0 * * * *",
            "--Trainer:Job=/subscriptions/s/resourceGroups/rg/providers/Microsoft.App/jobs/caj-train",
            "--" + setting,
        ]));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    Task<string?> StartAsync() => launcher.TryStartAsync("timer", refresh: false, TestContext.Current.CancellationToken);

    void Past(string status, string run, DateTimeOffset? started = null) =>
        azure.Executions.Add(azure.Execution("caj-train-" + run, status, run, started ?? DateTimeOffset.UtcNow.AddMinutes(-10)));
}
