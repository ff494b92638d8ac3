using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using SasRec.Portable.LocalHost.Configuration;

namespace SasRec.Portable.Tests.Host;

/// <summary>What is wrong with an application is said when it starts, by name.</summary>
public sealed class StartTests(StorageEmulator storage) : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_host_says_what_it_is_where_it_listens_and_what_it_runs()
    {
        await using var host = await RunningHost.StartAsync(
            typeof(Mixed), new() { ["AzureWebJobsStorage"] = storage.ConnectionString, ["AzureFunctionsWebHost:hostid"] = StorageEmulator.Unique() });
        var notice = Assert.Single(host.Log, line => line.StartsWith("Information Host.Startup", StringComparison.Ordinal));
        Assert.Contains("Local development host for Azure Functions; not for production", notice, StringComparison.Ordinal);
        Assert.Contains($"Web: [GET,POST] {host.Client.BaseAddress}api/web/{{id}}", notice, StringComparison.Ordinal);
        Assert.Contains("Queued: queue start-notice", notice, StringComparison.Ordinal);
        Assert.Contains("Timed: timer 0 0 3 * * *", notice, StringComparison.Ordinal);
        Assert.NotEqual(0, host.Client.BaseAddress!.Port);
    }

    [Fact]
    public async Task A_function_that_a_setting_disables_is_left_out()
    {
        await using var host = await RunningHost.StartAsync(
            typeof(Mixed), new() { ["AzureWebJobs.Queued.Disabled"] = "true", ["AzureWebJobs.Timed.Disabled"] = "1" });
        Assert.Equal("web", await host.Client.GetStringAsync("/api/web/1"));
        Assert.DoesNotContain(host.Log, line => line.Contains("Queued", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(typeof(Twins), "2 functions are named 'Same'")]
    [InlineData(typeof(NoTrigger), "Function 'Bare' has 0 triggers; it must have one")]
    [InlineData(typeof(Unbound), "parameter 'nowhere' is not part of its route 'api/x'")]
    public void A_function_that_cannot_run_is_named(Type functions, string says)
    {
        var error = Assert.Throws<InvalidOperationException>(() => RunningHost.Build([functions], folder));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(AsyncVoid), "returns async void")]
    [InlineData(typeof(Plain), "an HTTP function returns IActionResult or IResult")]
    [InlineData(typeof(UserLevel), "AuthorizationLevel.User")]
    public void What_the_local_host_lacks_is_named(Type functions, string says)
    {
        var error = Assert.Throws<NotSupportedException>(() => RunningHost.Build([functions], folder));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HTTP_functions_need_ConfigureFunctionsWebApplication()
    {
        var builder = new FunctionsApplicationBuilder([typeof(Mixed)], SettingsFiles.In(folder.Path), []);
        var error = Assert.Throws<InvalidOperationException>(() => builder.Build());
        Assert.Contains("ConfigureFunctionsWebApplication", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "UseDevelopmentStorage=true", "the setting 'Queue' that %Queue% names is missing")]
    [InlineData("Upper", "UseDevelopmentStorage=true", "found 'Upper'")]
    [InlineData("fine", null, "the setting 'AzureWebJobsStorage', a storage connection string, is missing")]
    [InlineData("fine", "nonsense", "the setting 'AzureWebJobsStorage' is no storage connection string")]
    public async Task A_queue_trigger_that_cannot_be_resolved_is_named(string? queue, string? connection, string says)
    {
        using var host = RunningHost.Build([typeof(QueueOf)], folder, settings: new() { ["Queue"] = queue, ["AzureWebJobsStorage"] = connection });
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => host.StartAsync());
        Assert.Contains("Function 'QueueOf'", error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("every day", "'every day' is neither six NCRONTAB fields nor an interval")]
    [InlineData("00:00:00", "a timer's interval must be above zero")]
    [InlineData("0 0 25 * * *", "is neither six NCRONTAB fields")]
    public async Task A_wrong_schedule_is_named(string schedule, string says)
    {
        using var host = RunningHost.Build(
            [typeof(TimerOf)], folder, settings: new() { ["Schedule"] = schedule, ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true" });
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => host.StartAsync());
        Assert.Contains($"Function 'TimerOf': ", error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    internal sealed class Mixed
    {
        [Function("Web")]
        public IActionResult Web([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "web/{id}")] HttpRequest request) =>
            new ContentResult { Content = "web" };

        [Function("Queued")]
        public void Queued([QueueTrigger("start-notice")] string message)
        {
        }

        [Function("Timed")]
        public void Timed([TimerTrigger("0 0 3 * * *")] TimerInfo timer)
        {
        }
    }

    internal sealed class Twins
    {
        [Function("Same")]
        public IActionResult One([HttpTrigger] HttpRequest request) => new OkResult();

        [Function("same")]
        public IActionResult Two([HttpTrigger] HttpRequest request) => new OkResult();
    }

    internal sealed class NoTrigger
    {
        [Function("Bare")]
        public void Run()
        {
        }
    }

    internal sealed class Unbound
    {
        [Function("Unbound")]
        public IActionResult Run([HttpTrigger(Route = "x")] HttpRequest request, string nowhere) => new OkResult();
    }

    internal sealed class AsyncVoid
    {
        [Function("AsyncVoid")]
        public async void Run([TimerTrigger("0 0 3 * * *")] TimerInfo timer) => await Task.Yield();
    }

    internal sealed class Plain
    {
        [Function("Plain")]
        public string Run([HttpTrigger] HttpRequest request) => "plain";
    }

    internal sealed class UserLevel
    {
        [Function("UserLevel")]
        public IActionResult Run([HttpTrigger(AuthorizationLevel.User)] HttpRequest request) => new OkResult();
    }

    internal sealed class QueueOf
    {
        [Function("QueueOf")]
        public void Run([QueueTrigger("%Queue%")] string message)
        {
        }
    }

    internal sealed class TimerOf
    {
        [Function("TimerOf")]
        public void Run([TimerTrigger("%Schedule%")] TimerInfo timer)
        {
        }
    }
}
