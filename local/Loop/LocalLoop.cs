using System.Diagnostics;
using SasRec.Azurite;
using SasRec.Storage;

namespace SasRec.Loop;

/// <summary>Storage emulator, functions host and trainer job on this machine, taken once round the loop.</summary>
sealed class LocalLoop : IAsyncDisposable
{
    readonly Workspace workspace;
    readonly Supervisor azurite;
    readonly Supervisor functions;
    readonly ApiClient api;
    readonly StorageConnection storage;

    LocalLoop(Workspace workspace, Supervisor azurite, Supervisor functions, ApiClient api, StorageConnection storage) =>
        (this.workspace, this.azurite, this.functions, this.api, this.storage) =
        (workspace, azurite, functions, api, storage);

    /// <summary>Runs the loop once; then, unless asked to end, stays up until it is cancelled.</summary>
    public static async Task RunAsync(RunOptions options, CancellationToken cancellation)
    {
        using var workspace = Workspace.Open(options);
        var started = Stopwatch.GetTimestamp();
        await using var loop = await StartAsync(options.Host, workspace, cancellation);
        var start = Stopwatch.GetElapsedTime(started);
        loop.TellAddress();

        var world = options.DataFiles.Count == 0 ? SampleData.Create(workspace) : null;
        var import = await new ImportStage(workspace, loop.storage, loop.api, options).RunAsync(world, cancellation);
        Trained train;
        try
        {
            train = await new RetrainStage(loop.storage, loop.api).RunAsync(cancellation);
        }
        catch (NoModelException e) when (!options.Once)
        {
            Say.Line($"no model serves; what is popular is recommended until one does. {e.Message}");
            loop.TellHowToGoOn(import.Contents.SampleUsers[0]);
            await Task.Delay(Timeout.Infinite, cancellation);
            return;
        }

        var serve = await new ServeStage(loop.api, import.Contents, options.TimedRequests).RunAsync(cancellation);
        var total = options.Install + options.Build + Stopwatch.GetElapsedTime(started);
        var report = new RunReport
        {
            Events = import.Contents.Events,
            Users = import.Contents.Users,
            Items = import.Contents.Items,
            ModelVersion = train.Model.Version,
            Protocol = train.Model.Protocol,
            Hr10 = train.Hr10,
            Ndcg10 = train.Ndcg10,
            ServedNdcg10 = train.ServedNdcg10,
            ServedHr10 = train.ServedHr10,
            PopularityNdcg10 = train.PopularityNdcg10,
            RecommendP50Ms = serve.P50,
            RecommendP99Ms = serve.P99,
            FreshnessMs = serve.Freshness,
            FreshnessMaxMs = serve.FreshnessMax,
            Restarts = loop.azurite.Restarts + loop.functions.Restarts,
            Seconds = new StageSeconds(
                options.Install.TotalSeconds, options.Build.TotalSeconds, start.TotalSeconds,
                import.Took.TotalSeconds, train.Took.TotalSeconds, serve.Took.TotalSeconds, total.TotalSeconds),
        };
        report.Tell();
        if (options.Once)
        {
            Console.Out.WriteLine(report);
            return;
        }

        loop.TellHowToGoOn(import.Contents.SampleUsers[0]);
        if (world is not null)
        {
            await new ShopperStage(workspace, loop.api, world.World).RunAsync(cancellation);
        }

        await Task.Delay(Timeout.Infinite, cancellation);
    }

    static async Task<LocalLoop> StartAsync(string host, Workspace workspace, CancellationToken cancellation)
    {
        var at = workspace.Settings;
        var azurite = await Supervisor.StartAsync(
            "storage emulator",
            async token => new Emulator(await AzuriteServer.StartAsync(workspace.StorageFolder, (at.Blob, at.Queue, at.Table), cancellation: token)),
            cancellation);
        var environment = workspace.Environment();
        var storage = new StorageConnection(StorageOptions.Read(environment.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))));
        await storage.EnsureCreatedAsync(cancellation);
        var api = new ApiClient(workspace.Address, at.Key);
        var functions = await Supervisor.StartAsync(
            "functions host", token => FunctionsHost.StartAsync(host, workspace, environment, api, token), cancellation);
        return new LocalLoop(workspace, azurite, functions, api, storage);
    }

    /// <summary>The page answers from here on, whatever is still to come.</summary>
    void TellAddress() =>
        Say.Line($"page: {workspace.Address.AbsoluteUri}   (key {workspace.Settings.Key})");

    void TellHowToGoOn(string someUser)
    {
        var (address, key) = (workspace.Address.AbsoluteUri.TrimEnd('/'), workspace.Settings.Key);
        Say.Line($"ready: {address}/api   (key {key}; Ctrl-C ends it, the same command goes on from here)");
        Say.Detail($"page: {address}/");
        Say.Detail($"curl -H 'x-functions-key: {key}' '{address}/api/recommendations/{Uri.EscapeDataString(someUser)}?k=5'");
        Say.Detail($"curl -H 'x-functions-key: {key}' '{address}/api/models'");
        Say.Detail($"curl '{address}/api/health'");
    }

    public async ValueTask DisposeAsync()
    {
        api.Dispose();
        await functions.DisposeAsync();
        await azurite.DisposeAsync();
    }

    sealed class Emulator(AzuriteServer server) : ILocalProcess
    {
        public int ProcessId => server.ProcessId;

        public Task WaitForExitAsync(CancellationToken cancellation) => server.WaitForExitAsync(cancellation);

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }
}
