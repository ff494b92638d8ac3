using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace SasRec.Portable.Tests.Host;

public class FunctionKeyTests
{
    const string Keys = """{ "Values": {}, "Host": { "FunctionKey": "opens-functions", "MasterKey": "opens-all" } }""";

    [Theory]
    [InlineData("open", null, 200)]
    [InlineData("open", "wrong", 200)]
    [InlineData("function", null, 401)]
    [InlineData("function", "wrong", 401)]
    [InlineData("function", "opens-functions ", 401)]
    [InlineData("function", "opens-functions", 200)]
    [InlineData("function", "opens-all", 200)]
    [InlineData("admin", null, 401)]
    [InlineData("admin", "opens-functions", 401)]
    [InlineData("admin", "opens-all", 200)]
    public async Task A_key_opens_what_its_level_allows(string route, string? key, int status)
    {
        await using var host = await RunningHost.StartAsync(typeof(Functions), localSettings: Keys);
        var byHeader = new HttpRequestMessage(HttpMethod.Get, $"/api/{route}");
        if (key is not null)
        {
            byHeader.Headers.TryAddWithoutValidation("x-functions-key", $"\"{key}\"".Trim('"'));
        }

        if (key?.EndsWith(' ') != true)
        {
            Assert.Equal(status, (int)(await host.Client.SendAsync(byHeader)).StatusCode);
        }

        var byQuery = await host.Client.GetAsync($"/api/{route}" + (key is null ? "" : $"?code={Uri.EscapeDataString(key)}"));
        Assert.Equal(status, (int)byQuery.StatusCode);
        if (status == 401)
        {
            await HttpTests.AssertProblem(byQuery, 401, "x-functions-key");
        }
    }

    [Fact]
    public async Task The_header_counts_before_the_query()
    {
        await using var host = await RunningHost.StartAsync(typeof(Functions), localSettings: Keys);
        var both = new HttpRequestMessage(HttpMethod.Get, "/api/function?code=opens-functions") { Headers = { { "x-functions-key", "wrong" } } };
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.SendAsync(both)).StatusCode);
    }

    [Fact]
    public async Task Without_a_key_in_the_settings_every_level_is_open_and_the_host_says_so()
    {
        await using var host = await RunningHost.StartAsync(typeof(Functions));
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/api/admin")).StatusCode);
        Assert.Contains(host.Log, line => line.Contains("No function key is required", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_a_function_key_alone_admin_functions_are_closed()
    {
        await using var host = await RunningHost.StartAsync(typeof(Functions), new() { ["Host:FunctionKey"] = "k" });
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/api/function?code=k")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.GetAsync("/api/admin?code=k")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.GetAsync("/api/admin")).StatusCode);
    }

    internal sealed class Functions
    {
        [Function("Open")]
        public IActionResult Open([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "open")] HttpRequest request) => new OkResult();

        [Function("Function")]
        public IActionResult Function([HttpTrigger(AuthorizationLevel.Function, "get", Route = "function")] HttpRequest request) => new OkResult();

        [Function("Admin")]
        public IActionResult Admin([HttpTrigger(AuthorizationLevel.Admin, "get", Route = "admin")] HttpRequest request) => new OkResult();
    }
}
