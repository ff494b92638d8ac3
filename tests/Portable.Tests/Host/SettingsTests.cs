using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SasRec.Portable.LocalHost.Configuration;
using SasRec.Portable.LocalHost.Http;

namespace SasRec.Portable.Tests.Host;

public sealed class SettingsTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_setting_of_host_json_is_read()
    {
        var host = Read("""
            {
              // Comments and trailing commas are allowed, as Azure allows them.
              "version": "2.0",
              "functionTimeout": "00:10:00",
              "logging": { "logLevel": { "default": "Warning" } },
              "singleton": { "listenerLockPeriod": "00:00:30", "listenerLockRecoveryPollingInterval": "00:00:05" },
              "extensions": {
                "http": { "routePrefix": "/v1/", "maxConcurrentRequests": 7, "maxOutstandingRequests": 9 },
                "queues": {
                  "batchSize": 4, "newBatchThreshold": 3, "maxDequeueCount": 2, "visibilityTimeout": "00:00:05",
                  "maxPollingInterval": "00:00:01", "messageEncoding": "None",
                },
              },
            }
            """);
        Assert.Equal(new HttpSettings("v1", 7, 9, 104_857_600), host.Http);
        Assert.Equal(new QueueSettings(4, 3, 2, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), Base64: false), host.Queues);
        Assert.Equal(new SingletonSettings(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5)), host.Singleton);
        Assert.Equal(TimeSpan.FromMinutes(10), host.FunctionTimeout);
        Assert.Equal("Warning", host.Logging["LogLevel:Default"]);
    }

    [Fact]
    public void What_host_json_leaves_out_has_Azure_s_defaults()
    {
        var host = Read("""{ "version": "2.0" }""");
        Assert.Equal("api", host.Http.RoutePrefix);
        Assert.Equal(new QueueSettings(16, 8 * Environment.ProcessorCount, 5, TimeSpan.Zero, TimeSpan.FromSeconds(2), Base64: true), host.Queues);
        Assert.Null(host.FunctionTimeout);
    }

    [Fact]
    public void A_setting_named_after_the_host_wins_over_host_json()
    {
        var host = Read(
            """{ "version": "2.0", "extensions": { "queues": { "batchSize": 4, "maxDequeueCount": 2 } } }""",
            new() { ["AzureFunctionsJobHost:extensions:queues:batchSize"] = "9" });
        Assert.Equal((9, 2), (host.Queues.BatchSize, host.Queues.MaxDequeueCount));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("Error", false)]
    public async Task Log_levels_are_host_json_s_and_a_setting_wins(string? wins, bool warned)
    {
        await using var host = await RunningHost.StartAsync(
            typeof(Echo),
            new() { ["AzureFunctionsJobHost:logging:logLevel:Quiet"] = wins },
            """{ "version": "2.0", "logging": { "logLevel": { "Quiet": "Warning" } } }""");
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Quiet.Part");
        Assert.Equal((false, warned), (logger.IsEnabled(LogLevel.Information), logger.IsEnabled(LogLevel.Warning)));
    }

    [Theory]
    [InlineData("\"batchSize\": 0", "extensions.queues.batchSize must be a whole number from 1 to 32, found '0'")]
    [InlineData("\"batchSize\": 33", "extensions.queues.batchSize must be a whole number from 1 to 32, found '33'")]
    [InlineData("\"batchSize\": \"many\"", "extensions.queues.batchSize must be a whole number from 1 to 32, found 'many'")]
    [InlineData("\"newBatchThreshold\": -1", "extensions.queues.newBatchThreshold")]
    [InlineData("\"maxDequeueCount\": 0", "extensions.queues.maxDequeueCount")]
    [InlineData("\"visibilityTimeout\": \"-00:00:01\"", "extensions.queues.visibilityTimeout must be a time span (hh:mm:ss) from 00:00:00 to 7.00:00:00")]
    [InlineData("\"maxPollingInterval\": \"00:00:00.050\"", "extensions.queues.maxPollingInterval")]
    [InlineData("\"messageEncoding\": \"hex\"", "extensions.queues.messageEncoding must be base64 or none, found 'hex'")]
    public void A_value_out_of_range_is_named_with_its_range(string setting, string says)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read($$"""{ "version": "2.0", "extensions": { "queues": { {{setting}} } } }"""));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "version": "1.0" }""", "version must be \"2.0\", found \"1.0\"")]
    [InlineData("{ }", "version must be \"2.0\", found none")]
    [InlineData("""{ "version": """, "host.json is not valid JSON")]
    public void A_wrong_host_json_is_named(string json, string says)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(json));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_of_local_settings_are_settings_and_the_environment_wins()
    {
        var fromBoth = StorageEmulator.Unique("SETTING");
        Environment.SetEnvironmentVariable(fromBoth, "environment");
        try
        {
            await using var host = await RunningHost.StartAsync(typeof(Echo), localSettings: $$"""
                {
                  "IsEncrypted": false,
                  "Values": { "Plain": "file", "Deep__Name": 5, "{{fromBoth}}": "file" }, // comment
                  "ConnectionStrings": { "Store": "there" },
                }
                """);
            Assert.Equal("file", await host.Client.GetStringAsync("/api/echo/Plain"));
            Assert.Equal("5", await host.Client.GetStringAsync("/api/echo/Deep:Name"));
            Assert.Equal("there", await host.Client.GetStringAsync("/api/echo/ConnectionStrings:Store"));
            Assert.Equal("environment", await host.Client.GetStringAsync($"/api/echo/{fromBoth}"));
        }
        finally
        {
            Environment.SetEnvironmentVariable(fromBoth, null);
        }
    }

    [Theory]
    [InlineData("""{ "Values": { "A": [1] } }""", "Values.A must be a single value, found Array")]
    [InlineData("""{ "Values": [] }""", "Values must be an object, found Array")]
    [InlineData("[]", "must hold a JSON object, found Array")]
    [InlineData("{", "is not valid JSON")]
    public void Wrong_local_settings_are_named(string json, string says)
    {
        var error = Assert.Throws<InvalidDataException>(() => RunningHost.Build([typeof(Echo)], folder, localSettings: json));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains(folder.File("local.settings.json"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encrypted_local_settings_are_not_supported() =>
        Assert.Throws<NotSupportedException>(() => RunningHost.Build([typeof(Echo)], folder, localSettings: """{ "IsEncrypted": true }"""));

    [Theory]
    [InlineData(null, null, null, "http://localhost:7071")]
    [InlineData("8080", "8081", "8082", "http://localhost:8080")]
    [InlineData(null, "8081", "8082", "http://localhost:8081")]
    [InlineData(null, null, "8082", "http://localhost:8082")]
    [InlineData("0", null, null, "http://127.0.0.1:0")]
    public void The_port_comes_from_the_command_line_the_environment_or_local_settings(string? port, string? environment, string? file, string address) =>
        Assert.Equal(address, HttpFunctions.Address(Settings(new() { ["port"] = port, ["FUNCTIONS_PORT"] = environment, ["Host:LocalHttpPort"] = file })));

    [Fact]
    public void ASPNETCORE_URLS_is_taken_where_no_port_is_set() =>
        Assert.Equal("http://0.0.0.0:80", HttpFunctions.Address(Settings(new() { ["urls"] = "http://0.0.0.0:80" })));

    [Theory]
    [InlineData("70000")]
    [InlineData("-1")]
    [InlineData("http")]
    public void A_wrong_port_is_named(string port)
    {
        var error = Assert.Throws<InvalidDataException>(() => HttpFunctions.Address(Settings(new() { ["FUNCTIONS_PORT"] = port })));
        Assert.Equal($"FUNCTIONS_PORT must be a port from 0 to 65535, found '{port}'.", error.Message);
    }

    HostSettings Read(string json, Dictionary<string, string?>? settings = null)
    {
        File.WriteAllText(folder.File("host.json"), json);
        return HostSettings.Read(SettingsFiles.In(folder.Path).HostJson, Settings(settings ?? []));
    }

    static IConfiguration Settings(Dictionary<string, string?> settings) => new ConfigurationBuilder().AddInMemoryCollection(settings).Build();

    internal sealed class Echo(IConfiguration settings)
    {
        [Function("Echo")]
        public IActionResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "echo/{name}")] HttpRequest request, string name) =>
            new ContentResult { Content = settings[name] };
    }
}
