using System.Net.Http.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SasRec.Azurite;
using SasRec.Functions;
using SasRec.Functions.Inference;

namespace SasRec.Browser.Tests;

/// <summary>The whole application on a free port, with storage of its own.</summary>
sealed class RunningApp : IAsyncDisposable
{
    public const string Key = "the-right-key";

    readonly IHost host;
    readonly AzuriteServer azurite;
    bool hasStorage = true;

    RunningApp(IHost host, AzuriteServer azurite)
    {
        (this.host, this.azurite) = (host, azurite);
        Address = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Client = new HttpClient { BaseAddress = Address, DefaultRequestHeaders = { { "x-functions-key", Key } } };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public static async Task<RunningApp> StartAsync(params string[] settings)
    {
        var azurite = await AzuriteServer.StartAsync();
        var host = FunctionsApp.CreateBuilder(
        [
            "--port=0",
            $"--Host:FunctionKey={Key}",
            $"--AzureWebJobsStorage={azurite.ConnectionString}",
            "--RetrainSchedule=0 0 0 1 1 *",
            "--Serve:PollInterval=00:00:00.1",
            "--Health:KeepFor=00:00:00",
            "--Storage:FeedMargin=00:00:02",
            "--Storage:FeedLag=00:00:04.2",
            "--Logging:LogLevel:Default=Warning",
            .. settings.Select(setting => "--" + setting),
        ]).Build();
        await host.StartAsync();
        return new RunningApp(host, azurite);
    }

    public T Get<T>() where T : notnull => host.Services.GetRequiredService<T>();

    /// <summary>Sends a request and asserts that it was taken.</summary>
    public async Task SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await Client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {await response.Content.ReadAsStringAsync()}");
    }

    /// <summary>Waits until a version serves; any for null.</summary>
    public Task ServesAsync(string? version, TimeSpan patience) => Eventually.TrueAsync(
        () => Task.FromResult(Get<ModelSlots>().Current.State.Serving is { } serving && (version is null || serving == version)), patience);

    /// <summary>Takes the storage away.</summary>
    public async Task LoseStorageAsync()
    {
        hasStorage = false;
        await azurite.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await host.StopAsync();
        host.Dispose();
        if (hasStorage)
        {
            await azurite.DisposeAsync();
        }
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
