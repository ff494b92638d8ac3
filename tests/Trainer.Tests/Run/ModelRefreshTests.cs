using SasRec.Core.Contracts;
using SasRec.Core.Explore;
using SasRec.Core.Response;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Storage.Training;
using SasRec.Trainer.Publish;
using SasRec.Trainer.Run;

namespace SasRec.Trainer.Tests.Run;

public sealed class ModelRefreshTests(StorageEmulator emulator) : IDisposable
{
    static readonly ExplorationPolicy Wide = new() { Temperature = 2, Epsilon = 0.3 };

    readonly ScratchFolder work = new();

    public void Dispose() => work.Dispose();

    [Fact]
    public async Task Where_the_gate_keeps_the_champion_it_still_learns_from_what_it_showed()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 90, first: 0, count: 8);
        Assert.Equal(ExitCode.Ok, (await log.RunAsync(work, "--gate-tolerance", "1")).Code);
        var registry = new ModelRegistry(log.Storage);
        var champion = (await registry.CurrentAsync())!.Pointer.Version;

        // Users take what comes next on the ring, as the champion knows, and of the rest a third far more readily, which it does not.
        await new SlateWorld(log, work).ServeAsync(90, 1_500, (last, item) => item == (last + 1) % SmallLog.Items ? 0.9 : item % 3 == 0 ? 0.3 : 0.01, Wide);
        string[] untrained = ["run", "--work", work.Path, .. SmallLog.Quick(epochs: 1, learningRate: "0.000001"), "--no-neighbours", "--gate-slates", "0"];
        var kept = await log.JobAsync([.. untrained, "--keep-champion"]);
        var before = (await registry.CurrentAsync())!.Pointer.Version;
        var refused = await log.JobAsync(untrained);

        Assert.Equal((ExitCode.GateRefused, champion), (kept.Code, before));
        Assert.True(refused.Code == ExitCode.GateRefused, refused.Error);
        var serving = await registry.GetAsync((await registry.CurrentAsync())!.Pointer.Version);
        Assert.NotEqual(refused.Json.GetProperty("modelVersion").GetString(), serving.Version);
        Assert.True(serving.NetworkVersion is not null, refused.Json.GetProperty("response").ToString());
        Assert.Equal((champion, champion, true), (serving.NetworkVersion, serving.ParentVersion, serving.Verdict!.Passed));
        Assert.True(serving.Response!.Strength > 0, serving.Response.Reason);

        // The same network: only its bias has moved, and by the terms that are stored with it.
        var (old, now) = (await FolderAsync(registry, champion), await FolderAsync(registry, serving.Version));
        var terms = now.ReadResponse()!.Terms()!;
        var (was, bias) = (old.ReadWeights().ItemBias, now.ReadWeights().ItemBias!);
        Assert.All(Enumerable.Range(0, terms.Length), item => Assert.Equal((was?[item] ?? 0) + terms[item], bias[item], 1e-4));
        var items = (await now.ReadItemsAsync(CancellationToken.None)).Items;
        double Mean(Func<int, bool> chosen) => Enumerable.Range(0, items.Count).Where(item => chosen(Number(items[item]))).Average(item => terms[item]);
        Assert.True(Mean(number => number % 3 == 0) > Mean(number => number % 3 != 0));

        static int Number(string id) => int.Parse(id.AsSpan("item ".Length), System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_refresh_counts_what_is_new_and_leaves_it_new_to_the_next_training()
    {
        var log = new SmallLog(emulator);
        var early = await log.JobAsync(["run", "--work", work.Path, "--refresh"]);
        Assert.Equal("nothingNew", early.Json.GetProperty("outcome").GetString());
        await log.AppendAsync(users: 90, first: 0, count: 8);
        Assert.Equal(ExitCode.Ok, (await log.RunAsync(work, "--gate-tolerance", "1")).Code);
        var (registry, snapshots) = (new ModelRegistry(log.Storage), new SnapshotStore(log.Storage));
        var champion = await registry.GetAsync((await registry.CurrentAsync())!.Pointer.Version);
        await log.AppendAsync(users: 90, first: 8, count: 2);

        var outcome = await log.JobAsync(["run", "--work", work.Path, "--refresh"]);

        Assert.True(outcome.Code == ExitCode.Ok, outcome.Error);
        var version = outcome.Json.GetProperty("modelVersion").GetString()!;
        Assert.Equal(version, (await registry.CurrentAsync())!.Pointer.Version);
        var refreshed = await registry.GetAsync(version);
        Assert.Equal((champion.Version, champion.Data, 900), (refreshed.NetworkVersion, refreshed.Data, refreshed.Counted!.Events));
        var (old, now) = (await FolderAsync(registry, champion.Version), await FolderAsync(registry, version));
        var (was, items) = (await old.ReadItemsAsync(CancellationToken.None), await now.ReadItemsAsync(CancellationToken.None));
        Assert.Equal(was.Items.Ids, items.Items.Ids);
        Assert.Equal((720, 900), (was.Counts.Sum(), items.Counts.Sum()));
        Assert.Equal(old.ReadNeighbours()!.Strengths, now.ReadNeighbours()!.Strengths);
        Assert.NotEqual(Counts(old), Counts(now));
        Assert.Equal(old.ReadWeights().Values, now.ReadWeights().Values);
        Assert.True((await new RunLog(log.Storage).ListAsync())[0].Refresh);

        // Nothing new lies in the feed; for the next training it is new all the same.
        Assert.Equal((0, 180), (await snapshots.CountNewAsync(), (await snapshots.CurrentAsync()).Untrained));
        var trained = await log.RunAsync(work, "--min-new", "180", "--gate-tolerance", "1");
        Assert.NotEqual("nothingNew", trained.Json.GetProperty("outcome").GetString());
        Assert.Equal(0, (await snapshots.CurrentAsync()).Untrained);

        static float[] Counts(ModelFolder folder) => folder.ReadNeighbours() is { } table
            ? [.. Enumerable.Range(0, table.ItemCount).SelectMany(item => table.Of(item).ToArray().Select(other => (float)other))]
            : [];
    }

    [Fact]
    public async Task Who_asks_what_users_did_since_asks_counts_that_do_not_hold_the_answers()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 90, first: 0, count: 8);
        Assert.Equal(ExitCode.Ok, (await log.RunAsync(work, "--gate-tolerance", "1")).Code);
        var registry = new ModelRegistry(log.Storage);
        await log.AppendAsync(users: 90, first: 8, count: 2);
        Assert.Equal(ExitCode.Ok, (await log.JobAsync(["run", "--work", work.Path, "--refresh"])).Code);
        var refreshed = await registry.GetAsync((await registry.CurrentAsync())!.Pointer.Version);
        var snapshot = await new SnapshotStore(log.Storage).CurrentAsync();
        var builder = new InteractionDatasetBuilder();
        await foreach (var interaction in new SnapshotStore(log.Storage).ReadAsync(snapshot))
        {
            builder.Add(interaction);
        }

        var data = builder.Build();
        var before = data.Sequences.Prefixes([.. Enumerable.Range(0, data.Sequences.UserCount).Select(_ => 8)]);
        var (own, champion) = (work.File("own"), await registry.GetAsync(refreshed.NetworkVersion!));
        using var trained = await PublishedModel.OpenAsync(registry, champion, own, data.Items, 1, asOf: null, CancellationToken.None);
        using var asOf = await PublishedModel.OpenAsync(registry, refreshed, own, data.Items, 1, before, CancellationToken.None);
        using var served = await PublishedModel.OpenAsync(registry, refreshed, own, data.Items, 1, asOf: null, CancellationToken.None);

        Assert.Equal(Scores(trained), Scores(asOf));
        Assert.NotEqual(Scores(trained), Scores(served));

        float[] Scores(PublishedModel model)
        {
            var scores = new float[model.ItemCount];
            model.Score([data.Sequences.ItemsMemory(0)], scores);
            return scores;
        }
    }

    async Task<ModelFolder> FolderAsync(ModelRegistry registry, string version)
    {
        var folder = new ModelFolder(work.File(version));
        await registry.DownloadAsync(version, folder.Path);
        return folder;
    }
}
