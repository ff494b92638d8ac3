using SasRec.Azurite;

namespace SasRec.Host.Tests;

/// <summary>The functions app behind one host with keys of every kind, for the tests that only call it.</summary>
public sealed class HostedApp : IAsyncLifetime
{
    AzuriteServer? azurite;
    FunctionsProcess? app;

    /// <summary>A client that brings no key.</summary>
    // A busy host may take seconds to refuse a body; until then none of it is sent.
    public HttpClient Client { get; } = new(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) });

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        azurite = await AzuriteServer.StartAsync();
        app = await FunctionsProcess.StartAsync(
        [
            $"AzureWebJobsStorage={azurite.ConnectionString}", "RetrainSchedule=0 0 0 1 1 *", "Trainer:Command=true",
            "Host:MasterKey=master", "Host:FunctionKey=host", "Host:FunctionKeys:Events=ingest",
            "Host:Keys:shop:Key=shop-key", "Host:Keys:shop:Scopes=ingest recommend",
            "Host:Keys:page:Key=page-key", "Host:Keys:page:Scopes=read",
            "Host:Keys:slow:Key=slow-key", "Host:Keys:slow:Scopes=read", "Host:Keys:slow:RequestsPerSecond=1",
            "Host:CORS=https://shop.example", "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT=20000000",
        ]);
        Client.BaseAddress = app.Address;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await (app?.DisposeAsync() ?? default);
        await (azurite?.DisposeAsync() ?? default);
    }
}
