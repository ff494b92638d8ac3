using System.Security.Cryptography;
using Azure;
using SasRec.Core.Model;
using SasRec.Storage.Models;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests.Models;

public sealed class ModelRegistryTests(StorageEmulator emulator) : IDisposable
{
    readonly ScratchFolder scratch = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => scratch.Dispose();

    static ModelManifest Draft() => new()
    {
        Config = new SasRecConfig { Width = 32 },
        Data = new DataRange(Noon, Noon.AddDays(1), 100, 10, 20),
        Protocol = "leave-one-out, full ranking",
        Metrics = new Dictionary<string, double> { ["ndcg@10"] = 0.25 },
        Verdict = new GateVerdict(true, ["It is better."], new Dictionary<string, double> { ["ndcg@10"] = 0.25 }),
    };

    Dictionary<string, string> Files(string content)
    {
        var folder = Directory.CreateDirectory(scratch.File(Guid.NewGuid().ToString("N"))).FullName;
        var network = Path.Combine(folder, "net");
        File.WriteAllText(network, content);
        var catalogue = Path.Combine(folder, "cat");
        File.WriteAllText(catalogue, "{}");
        return new() { [Names.ModelBlobs.Network] = network, [Names.ModelBlobs.Items] = catalogue };
    }

    [Fact]
    public async Task A_published_model_is_listed_and_comes_back_file_by_file()
    {
        var time = new ManualTime(Noon);
        var registry = new ModelRegistry(await NewAsync(emulator, time));
        var first = await registry.PublishAsync(Draft(), Files("one"), Cancellation);
        time.Advance(TimeSpan.FromMinutes(1));
        var second = await registry.PublishAsync(Draft() with { ParentVersion = first.Version }, Files("two"), Cancellation);

        Assert.Matches("^20260115T120000Z-[0-9a-f]{8}$", first.Version);
        Assert.Equal([second.Version, first.Version], (await registry.ListAsync(cancellation: Cancellation)).Select(m => m.Version));
        Assert.Equal([second.Version], (await registry.ListAsync(1, Cancellation)).Select(m => m.Version));
        var found = await registry.DownloadAsync(second.Version, scratch.File("down"), null, Cancellation);
        Assert.Equal("two", File.ReadAllText(Path.Combine(scratch.File("down"), Names.ModelBlobs.Network)));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("two"u8)), found.Files[Names.ModelBlobs.Network].Sha256);
        Assert.Equal(3, found.Files[Names.ModelBlobs.Network].Bytes);
        Assert.Equal((Noon.AddMinutes(1), 32, 0.25, first.Version), (
            found.CreatedAt, found.Config.Width, found.Metrics["ndcg@10"], found.ParentVersion));
        Assert.Equal(["It is better."], found.Verdict!.Reasons);
    }

    [Fact]
    public async Task A_manifest_without_a_version_is_read_and_a_newer_one_is_refused_and_not_listed()
    {
        var storage = await NewAsync(emulator);
        var registry = new ModelRegistry(storage);
        var known = await registry.PublishAsync(Draft() with { Version = "a", FormatVersion = ModelManifest.KnownFormat }, Files("one"), Cancellation);
        await registry.ActivateAsync("a", "ann", "first", cancellation: Cancellation);
        var json = (await Manifest("a").DownloadContentAsync(Cancellation)).Value.Content.ToString();
        const string Version = "\"formatVersion\": 1,";
        Assert.Contains(Version, json, StringComparison.Ordinal);
        await Manifest("old").UploadAsync(new BinaryData(json.Replace(Version, "", StringComparison.Ordinal)), Cancellation);
        await Manifest("newer").UploadAsync(new BinaryData("{\"config\":\"of another shape\",\"formatVersion\":2}"), Cancellation);

        Assert.Equal(known.Files, (await registry.GetAsync("old", Cancellation)).Files);
        Assert.Equal(2, (await registry.ListAsync(cancellation: Cancellation)).Count);
        var e = await Assert.ThrowsAsync<NewerFormatException>(
            () => registry.ActivateAsync("newer", "ann", "try", cancellation: Cancellation));
        Assert.Equal(
            "The model's manifest has format version 2, but this program reads versions up to 1: use the version that wrote it.", e.Message);
        Assert.Equal("a", (await registry.CurrentAsync(Cancellation))!.Pointer.Version);

        Azure.Storage.Blobs.BlobClient Manifest(string version) =>
            storage.Container(Names.ModelsContainer).GetBlobClient($"{version}/{Names.ModelBlobs.Manifest}");
    }

    [Fact]
    public async Task A_version_is_never_written_twice()
    {
        var registry = new ModelRegistry(await NewAsync(emulator));
        var first = await registry.PublishAsync(Draft(), Files("one"), Cancellation);
        var again = await Assert.ThrowsAsync<RequestFailedException>(
            () => registry.PublishAsync(Draft() with { Version = first.Version }, Files("two"), Cancellation));
        Assert.Equal(409, again.Status);
        await registry.DownloadAsync(first.Version, scratch.File("down"), null, Cancellation);
        Assert.Equal("one", File.ReadAllText(Path.Combine(scratch.File("down"), Names.ModelBlobs.Network)));
    }

    [Fact]
    public async Task A_model_without_a_manifest_does_not_exist()
    {
        var storage = await NewAsync(emulator);
        var registry = new ModelRegistry(storage);
        await storage.Container(
            Names.ModelsContainer).GetBlobClient("20260101T000000Z-00000000/model.onnx").UploadAsync(new BinaryData("x"), Cancellation);
        Assert.Empty(await registry.ListAsync(cancellation: Cancellation));
        await Assert.ThrowsAsync<ModelNotFoundException>(() => registry.GetAsync("20260101T000000Z-00000000", Cancellation));
        await Assert.ThrowsAsync<ModelNotFoundException>(
            () => registry.ActivateAsync("20260101T000000Z-00000000", "ann", "why not", cancellation: Cancellation));
    }

    [Fact]
    public async Task A_changed_file_is_refused_and_leaves_nothing_behind()
    {
        var storage = await NewAsync(emulator);
        var registry = new ModelRegistry(storage);
        var model = await registry.PublishAsync(Draft(), Files("one"), Cancellation);
        var network = storage.Container(Names.ModelsContainer).GetBlobClient($"{model.Version}/{Names.ModelBlobs.Network}");
        await network.UploadAsync(new BinaryData("onE"), overwrite: true, Cancellation);
        var changed = await Assert.ThrowsAsync<ModelCorruptException>(
            () => registry.DownloadAsync(model.Version, scratch.File("a"), null, Cancellation));
        Assert.Equal(Names.ModelBlobs.Network, changed.File);
        await network.DeleteAsync(cancellationToken: Cancellation);
        await Assert.ThrowsAsync<ModelCorruptException>(() => registry.DownloadAsync(model.Version, scratch.File("a"), null, Cancellation));
        Assert.DoesNotContain(
            Directory.GetFiles(scratch.File("a")), f => Path.GetFileName(f).StartsWith(Names.ModelBlobs.Network, StringComparison.Ordinal));

        // What is right is still to be had.
        await registry.DownloadAsync(model.Version, scratch.File("a"), [Names.ModelBlobs.Items], Cancellation);
    }

    [Fact]
    public async Task A_damaged_copy_on_disk_is_brought_again()
    {
        var registry = new ModelRegistry(await NewAsync(emulator));
        var model = await registry.PublishAsync(Draft(), Files("one"), Cancellation);
        await registry.DownloadAsync(model.Version, scratch.File("a"), null, Cancellation);
        var path = Path.Combine(scratch.File("a"), Names.ModelBlobs.Network);
        File.WriteAllText(path, "broken");
        await registry.DownloadAsync(model.Version, scratch.File("a"), null, Cancellation);
        Assert.Equal("one", File.ReadAllText(path));
    }

    [Fact]
    public async Task The_pointer_tells_every_move()
    {
        var time = new ManualTime(Noon);
        var registry = new ModelRegistry(await NewAsync(emulator, time));
        Assert.Null(await registry.CurrentAsync(Cancellation));
        var one = await registry.PublishAsync(Draft(), Files("one"), Cancellation);
        var two = await registry.PublishAsync(Draft(), Files("two"), Cancellation);
        await registry.ActivateAsync(one.Version, "trainer", "first", cancellation: Cancellation);
        time.Advance(TimeSpan.FromHours(1));
        await registry.ActivateAsync(two.Version, "trainer", "better", cancellation: Cancellation);
        await registry.ActivateAsync(one.Version, "ann", "rollback", cancellation: Cancellation);

        var current = (await registry.CurrentAsync(Cancellation))!;
        Assert.Equal(one.Version, current.Pointer.Version);
        Assert.Equal(
            [
                new ModelMove(one.Version, two.Version, Noon.AddHours(1), "ann", "rollback"),
                new ModelMove(two.Version, one.Version, Noon.AddHours(1), "trainer", "better"),
                new ModelMove(one.Version, null, Noon, "trainer", "first"),
            ], current.Pointer.History);
        Assert.Null(await registry.CurrentIfChangedAsync(current.ETag, Cancellation));
        var moved = await registry.ActivateAsync(two.Version, "ann", "again", cancellation: Cancellation);
        Assert.Equal(moved.ETag, (await registry.CurrentIfChangedAsync(current.ETag, Cancellation))!.ETag);
    }

    [Fact]
    public async Task Moves_at_once_are_all_in_the_history()
    {
        var storage = await NewAsync(emulator);
        var registry = new ModelRegistry(storage);
        var model = await registry.PublishAsync(Draft(), Files("one"), Cancellation);
        await Task.WhenAll(Enumerable.Range(
            0, 8).Select(i => new ModelRegistry(storage.Again()).ActivateAsync(model.Version, $"worker {i}", "", cancellation: Cancellation)));
        var current = (await registry.CurrentAsync(Cancellation))!;
        Assert.Equal(8, current.Pointer.History.Select(m => m.By).Distinct().Count());
    }

    [Fact]
    public async Task A_model_replaces_only_the_one_that_it_was_judged_against()
    {
        var registry = new ModelRegistry(await NewAsync(emulator));
        var one = await registry.PublishAsync(Draft(), Files("one"), Cancellation);
        var two = await registry.PublishAsync(Draft(), Files("two"), Cancellation);
        await registry.ReplaceAsync(one.Version, null, "trainer", "first", Cancellation);
        var refused = await Assert.ThrowsAsync<ModelPointerMovedException>(
            () => registry.ReplaceAsync(two.Version, null, "trainer", "second", Cancellation));
        Assert.Equal(one.Version, refused.Found);
        await registry.ReplaceAsync(two.Version, one.Version, "trainer", "second", Cancellation);
        Assert.Equal(two.Version, (await registry.CurrentAsync(Cancellation))!.Pointer.Version);
    }
}
