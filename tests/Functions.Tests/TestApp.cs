using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SasRec.Functions.Tests.OpenApi;
using SasRec.Azurite;
using SasRec.Storage;

namespace SasRec.Functions.Tests;

/// <summary>The whole application on a free port, with storage of its own.</summary>
sealed class TestApp : IAsyncDisposable
{
    public const string Key = "test-key";

    readonly IHost host;
    bool ownsStorage;

    TestApp(IHost host, AzuriteServer azurite, bool ownsStorage)
    {
        (this.host, Azurite, this.ownsStorage) = (host, azurite, ownsStorage);
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Client = new HttpClient { BaseAddress = new Uri(address), DefaultRequestHeaders = { { "x-functions-key", Key } } };
    }

    public AzuriteServer Azurite { get; }

    public HttpClient Client { get; }

    public StorageConnection Storage => Get<StorageConnection>();

    public static async Task<TestApp> StartAsync(params string[] settings) =>
        await StartAsync(await AzuriteServer.StartAsync(), ownsStorage: true, settings);

    /// <summary>Starts an application on storage that another one owns.</summary>
    public static Task<TestApp> StartAsync(AzuriteServer azurite, params string[] settings) =>
        StartAsync(azurite, ownsStorage: false, settings);

    static async Task<TestApp> StartAsync(AzuriteServer azurite, bool ownsStorage, string[] settings)
    {
        string[] args =
        [
            "--port=0",
            $"--Host:FunctionKey={Key}",
            $"--AzureWebJobsStorage={azurite.ConnectionString}",
            "--RetrainSchedule=0 0 0 1 1 *",
            "--Trainer:Command=true",
            "--Serve:PollInterval=00:00:00.1",
            "--Items:PollInterval=00:00:00.1",
            "--AzureFunctionsJobHost:extensions:queues:visibilityTimeout=00:00:00",
            "--Logging:LogLevel:Default=Warning",
            .. settings.Select(setting => "--" + setting),
        ];
        var host = FunctionsApp.CreateBuilder(args).Build();
        await host.StartAsync();
        return new TestApp(host, azurite, ownsStorage);
    }

    public T Get<T>() where T : notnull => host.Services.GetRequiredService<T>();

    /// <summary>Sends a request, asserts its status and returns the JSON of its answer.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, int status, object? body = null)
    {
        var (found, answer) = await SendAsync(method, path, body);
        Assert.True(status == found, $"{method} {path}: {found} {answer}");
        return answer;
    }

    /// <summary>What health says, whether all is well or not.</summary>
    public async Task<JsonElement> HealthAsync() => (await SendAsync(HttpMethod.Get, "/api/health", null)).Answer;

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

    /// <summary>Takes the storage away.</summary>
    public async Task LoseStorageAsync()
    {
        ownsStorage = false;
        await Azurite.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await host.StopAsync();
        host.Dispose();
        if (ownsStorage)
        {
            await Azurite.DisposeAsync();
        }
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
