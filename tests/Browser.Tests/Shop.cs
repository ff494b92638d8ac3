using System.Net.Http.Json;
using System.Text.Json;
using SasRec.Core.Events;
using SasRec.Simulator.World;
using SasRec.Storage.Log;
using SasRec.Storage.Models;

namespace SasRec.Browser.Tests;

/// <summary>An application with a small shop: a catalogue, users who did things, and two versions of a model that was trained on them.</summary>
public sealed class Shop : IAsyncLifetime
{
    /// <summary>The title of the first item: a page that takes it for markup runs it.</summary>
    public const string Markup = "<img src=x onerror=\"document.title='taken'\"> & \"co\"";

    /// <summary>The title of the second item: it reads from right to left, and turns what follows if it is not kept apart.</summary>
    public const string RightToLeft = "\u0645\u0631\u062d\u0628\u0627 \u202E!";

    /// <summary>The title of the third item: as long as titles get.</summary>
    public static readonly string Long = string.Join(' ', Enumerable.Repeat("word of long", 39));

    static readonly SampleWorldOptions Size = new() { Users = 250, Items = 100, InteractionsPerUser = 14, Days = 30 };

    readonly ScratchFolder work = new();
    RunningApp? app;

    internal RunningApp App => app ?? throw new InvalidOperationException("The shop has not opened.");

    /// <summary>The category of each item.</summary>
    internal IReadOnlyDictionary<string, string> Categories { get; private set; } = new Dictionary<string, string>();

    /// <summary>The version that was trained first; the second, which serves, has the same files.</summary>
    internal string First { get; private set; } = "";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        // The window of the ledger is open at once, so that what a test did can be told of.
        app = await RunningApp.StartAsync(TrainerCommand(), "Insights:Maturity=00:00:00", "Placements:cold:Temperature=0");
        var world = new SampleWorld(Size);
        Categories = world.Items.ToDictionary(item => item.Id, item => item.Category, StringComparer.Ordinal);
        await FillAsync(app, world);
        await app.SendAsync(HttpMethod.Post, "/api/retrain?force=true");
        await app.ServesAsync(null, TimeSpan.FromSeconds(180));
        await app.SendAsync(HttpMethod.Get, $"/api/recommendations/{world.Interactions(DateTimeOffset.UtcNow)[0].UserId}?k=5");
        First = await PublishAgainAsync();
    }

    /// <summary>Waits until the list that was shown first counts in the insights.</summary>
    internal Task HasInsightsAsync() => Eventually.TrueAsync(
        async () => (await App.Client.GetFromJsonAsync<JsonElement>("api/insights")).GetProperty("slates").GetProperty("counted").GetInt32() > 0,
        TimeSpan.FromSeconds(120));

    /// <summary>Opens another application with the catalogue and the model of this one, and storage of its own.</summary>
    internal async Task<RunningApp> BranchAsync(params string[] settings)
    {
        var branch = await RunningApp.StartAsync(["Trainer:Command=true", .. settings]);
        await PublishAsync(branch);
        return branch;
    }

    /// <summary>Gives another application the model of this one.</summary>
    internal async Task PublishAsync(RunningApp branch)
    {
        using var folder = new ScratchFolder();
        var manifest = await App.Get<ModelRegistry>().DownloadAsync(First, folder.Path);
        var registry = branch.Get<ModelRegistry>();
        var published = await registry.PublishAsync(manifest with { Version = "", CreatedAt = default }, FilesOf(manifest, folder));
        await registry.ActivateAsync(published.Version, "test", "a branch of the shop");
        await branch.ServesAsync(published.Version, TimeSpan.FromSeconds(60));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }

        work.Dispose();
    }

    static async Task FillAsync(RunningApp app, SampleWorld world)
    {
        await app.SendAsync(HttpMethod.Put, "/api/items", new
        {
            items = world.Items.Select((item, i) => new { id = item.Id, title = i switch { 0 => Markup, 1 => RightToLeft, 2 => Long, _ => item.Title }, categories = new[] { item.Category } }),
        });
        await app.Get<InteractionLog>().AppendAsync(world.Interactions(DateTimeOffset.UtcNow.AddMinutes(-5)));
        await Eventually.TrueAsync(
            async () => (await app.Client.GetFromJsonAsync<JsonElement>("api/items?count=1000")).GetProperty("items").GetArrayLength() == world.Items.Count,
            TimeSpan.FromSeconds(60));
    }

    async Task<string> PublishAgainAsync()
    {
        using var folder = new ScratchFolder();
        var registry = App.Get<ModelRegistry>();
        var first = (await registry.CurrentAsync())!.Pointer.Version;
        var manifest = await registry.DownloadAsync(first, folder.Path);

        // Versions are named by second and content.
        var later = manifest with { Version = "", CreatedAt = manifest.CreatedAt.AddSeconds(1), ParentVersion = first };
        var second = await registry.PublishAsync(later, FilesOf(manifest, folder));
        await registry.ActivateAsync(second.Version, "test", "the newer one");
        await App.ServesAsync(second.Version, TimeSpan.FromSeconds(60));
        return first;
    }

    static Dictionary<string, string> FilesOf(ModelManifest manifest, ScratchFolder folder) =>
        manifest.Files.Keys.ToDictionary(name => name, folder.File);

    string TrainerCommand()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(here.Parent!.Parent!.FullName, "SasRec.Trainer", here.Name, "SasRec.Trainer.dll");
        return $"Trainer:Command=dotnet \"{program}\" run --json --work \"{work.Path}\" --width 16 --blocks 1 --max-length 20 --negatives 16 "
            + "--threads 1 --epochs 30 --patience 30 --learning-rate 0.005";
    }
}
