using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Azurite;
using SasRec.Functions.StorageAccount;
using SasRec.Storage;

namespace SasRec.Browser.Tests;

/// <summary>The whole application as it deploys, in processes of its own, with a storage account of its own.</summary>
sealed class RunningApp : IAsyncDisposable
{
    public const string Key = "the-right-key";

    readonly FunctionsProcess app;
    readonly ServiceProvider storage;

    RunningApp(FunctionsProcess app, string connectionString)
    {
        this.app = app;
        Client = new HttpClient { BaseAddress = Address, DefaultRequestHeaders = { { "x-functions-key", Key } } };
        storage = new ServiceCollection().AddSingleton(TimeProvider.System).AddStorage(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("AzureWebJobsStorage", connectionString)]).Build())
            .BuildServiceProvider();
    }

    public Uri Address => app.Address;

    public HttpClient Client { get; }

    /// <summary>Starts an application on an account of its own of the emulator that applications share.</summary>
    public static async Task<RunningApp> StartAsync(params string[] settings) => await StartOnAsync(await SharedStorage.NextAccountAsync(), settings);

    /// <summary>Starts an application on an emulator, which a test may stop.</summary>
    public static Task<RunningApp> StartAsync(AzuriteServer azurite, params string[] settings) => StartOnAsync(azurite.ConnectionString, settings);

    /// <summary>Something of storage, opened from outside the application.</summary>
    public T Get<T>() where T : notnull => storage.GetRequiredService<T>();

    /// <summary>Sends a request and asserts that it was taken.</summary>
    public async Task SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await Client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {await response.Content.ReadAsStringAsync()}");
    }

    /// <summary>Waits until a version serves; any for null.</summary>
    public Task ServesAsync(string? version, TimeSpan patience) => Eventually.TrueAsync(
        async () =>
        {
            using var answer = await Client.GetAsync("api/status");
            var health = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return health.GetProperty("model").GetProperty("serving").GetString() is { } serving && (version is null || serving == version);
        },
        patience);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        await storage.DisposeAsync();
    }

    static async Task<RunningApp> StartOnAsync(string connectionString, string[] settings)
    {
        var app = new RunningApp(
            await FunctionsProcess.StartAsync(
            [
                $"Host:FunctionKey={Key}",
                $"AzureWebJobsStorage={connectionString}",
                "RetrainSchedule=0 0 0 1 1 *",
                "Serve:PollInterval=00:00:00.1",
                "Rules:PollInterval=00:00:00.1",
                "Health:KeepFor=00:00:00",
                "Health:Timeout=00:00:30",
                "Serve:HistoryTimeout=00:00:10",
                "Load:MaxRequests=100",
                "Storage:FeedMargin=00:00:02",
                "Storage:FeedLag=00:00:04.2",
                .. settings,
            ]),
            connectionString);
        await app.Get<StorageConnection>().EnsureCreatedAsync();
        return app;
    }
}

/// <summary>Waits on conditions, with a deadline.</summary>
static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience);
        while (!await condition())
        {
            await Task.Delay(50, deadline.Token);
        }
    }
}
