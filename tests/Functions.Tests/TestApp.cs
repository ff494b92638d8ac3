using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Azurite;
using SasRec.Functions.StorageAccount;
using SasRec.Storage;

namespace SasRec.Functions.Tests;

/// <summary>The whole application as it deploys, in processes of its own, with a storage account of its own.</summary>
sealed class TestApp : IAsyncDisposable
{
    public const string Key = "test-key";

    readonly FunctionsProcess app;
    readonly ServiceProvider storage;

    TestApp(FunctionsProcess app, string connectionString)
    {
        (this.app, ConnectionString) = (app, connectionString);
        Client = new HttpClient { BaseAddress = app.Address, DefaultRequestHeaders = { { "x-functions-key", Key } } };
        storage = new ServiceCollection().AddSingleton(TimeProvider.System).AddStorage(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["AzureWebJobsStorage"] = connectionString, ["Storage:RequestTimeout"] = "00:01:00" }).Build())
            .BuildServiceProvider();
    }

    /// <summary>Opens the application's storage account.</summary>
    public string ConnectionString { get; }

    public HttpClient Client { get; }

    /// <summary>What the host and the worker have written.</summary>
    public string Output => app.Output;

    /// <summary>The worker's memory in bytes.</summary>
    public long WorkerMemory
    {
        get
        {
            using var worker = Process.GetProcessById(app.WorkerProcessId);
            return worker.WorkingSet64;
        }
    }

    public StorageConnection Storage => Get<StorageConnection>();

    /// <summary>Starts an application on an account of its own.</summary>
    public static async Task<TestApp> StartAsync(params string[] settings) => await StartOnAsync(await SharedStorage.NextAccountAsync(), settings);

    /// <summary>Starts a further instance on the storage account of this one.</summary>
    public Task<TestApp> StartAnotherAsync(params string[] settings) => StartOnAsync(ConnectionString, settings);

    /// <summary>Starts an application on an emulator, which a test may stop.</summary>
    public static Task<TestApp> StartAsync(AzuriteServer azurite, params string[] settings) => StartOnAsync(azurite.ConnectionString, settings);

    static async Task<TestApp> StartOnAsync(string connectionString, string[] settings)
    {
        var app = await FunctionsProcess.StartAsync(
        [
            $"Host:FunctionKey={Key}",
            $"AzureWebJobsStorage={connectionString}",
            "RetrainSchedule=0 0 0 1 1 *",
            "Trainer:Command=true",
            "Serve:PollInterval=00:00:00.5",
            "Items:PollInterval=00:00:01",
            "Rules:PollInterval=00:00:01",
            "Experiments:PollInterval=00:00:01",
            "Experiments:KeepFor=00:00:00",
            "Health:KeepFor=00:00:00",
            "Storage:RequestTimeout=00:00:30",
            "Serve:HistoryTimeout=00:00:10",
            "Serve:ImpressionTimeout=00:00:10",
            "Load:MaxRequests=100",
            "AzureFunctionsJobHost:extensions:queues:visibilityTimeout=00:00:00",
            .. settings,
        ]);
        var test = new TestApp(app, connectionString);

        // The application creates what is missing beside its start.
        await test.Storage.EnsureCreatedAsync();
        return test;
    }

    /// <summary>Something of storage, opened from outside the application.</summary>
    public T Get<T>() where T : notnull => storage.GetRequiredService<T>();

    /// <summary>Waits until a version serves.</summary>
    public Task ServesAsync(string version) => Eventually.TrueAsync(
        $"model {version} serves", async () => (await HealthAsync()).GetProperty("model").GetProperty("serving").GetString() == version);

    /// <summary>Sends a request, asserts its status and returns the JSON of its answer.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, int status, object? body = null)
    {
        var (found, answer) = await SendAsync(method, path, body);
        Assert.True(status == found, $"{method} {path}: {found} {answer}");
        return answer;
    }

    /// <summary>What health says, whether all is well or not.</summary>
    public async Task<JsonElement> HealthAsync() => (await SendAsync(HttpMethod.Get, "/api/status", null)).Answer;

    async Task<(int Status, JsonElement Answer)> SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body switch
        {
            null => null,
            HttpContent content => content,
            string text => new StringContent(text),
            _ => JsonContent.Create(body),
        };
        using var response = await Client.SendAsync(request);
        var status = (int)response.StatusCode;
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(status != 500, $"{method} {path}: {answer}");
        var json = JsonSerializer.Deserialize<JsonElement>(answer);
        ApiDescription.Check(method, path, status, response.Content.Headers.ContentType?.MediaType, json);
        return (status, json);
    }

    public Task<JsonElement> GetAsync(string path, int status = 200) => SendAsync(HttpMethod.Get, path, status);

    public Task<JsonElement> PostAsync(string path, object body, int status) => SendAsync(HttpMethod.Post, path, status, body);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        await storage.DisposeAsync();
    }
}

/// <summary>One application for every test that keeps to users of its own.</summary>
public sealed class SharedApp : IAsyncLifetime
{
    TestApp? app;

    internal TestApp App => app ?? throw new InvalidOperationException("The application has not started.");

    public async ValueTask InitializeAsync() => app = await TestApp.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }
    }
}
