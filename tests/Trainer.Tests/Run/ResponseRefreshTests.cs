using SasRec.Core.Contracts;
using SasRec.Core.Explore;
using SasRec.Core.Response;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Publish;

namespace SasRec.Trainer.Tests.Run;

public sealed class ResponseRefreshTests(StorageEmulator emulator) : IDisposable
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
        var kept = await log.JobAsync([.. untrained, "--keep-response"]);
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

    async Task<ModelFolder> FolderAsync(ModelRegistry registry, string version)
    {
        var folder = new ModelFolder(work.File(version));
        await registry.DownloadAsync(version, folder.Path);
        return folder;
    }
}
