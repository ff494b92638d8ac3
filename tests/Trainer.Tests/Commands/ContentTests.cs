using SasRec.Core.Contracts;
using SasRec.Core.Events;
using SasRec.Core.Items;
using SasRec.Core.Model;
using SasRec.Storage;
using SasRec.Storage.Items;
using SasRec.Storage.Log;
using SasRec.Storage.Models;
using SasRec.Trainer.Publish;
using SasRec.Trainer.Tests.Run;

namespace SasRec.Trainer.Tests.Commands;

/// <summary>Users who stay with one of four kinds of 15 items each, which the catalogue names.</summary>
public sealed class ContentTests(StorageEmulator emulator) : IDisposable
{
    const int Users = 160;

    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task A_run_learns_from_the_catalogue_of_the_account_and_publishes_the_map()
    {
        var log = new SmallLog(emulator);
        await log.Storage.EnsureCreatedAsync();
        await new InteractionLog(log.Storage).AppendAsync([.. Actions().Select(action => new Interaction
        {
            EventId = $"e{action.Step}",
            UserId = $"u{action.User}",
            ItemId = $"i{action.Item}",
            Timestamp = new DateTimeOffset(2025, 6, 1, 0, 0, 0, TimeSpan.Zero).AddHours(action.Step),
        })]);
        await new ItemStore(log.Storage).PutAsync(
            [.. Enumerable.Range(0, 60).Select(item => new CatalogueItem { Id = $"i{item}", Title = "!", Categories = [$"kind {item / 15}"] })]);

        var outcome = await log.RunAsync(scratch, "--gate-tolerance", "1");

        Assert.True(outcome.Code is ExitCode.Ok or ExitCode.GateRefused, outcome.Error);
        var manifest = await new ModelRegistry(log.Storage).DownloadAsync(outcome.Json.GetProperty("modelVersion").GetString()!, scratch.File("got"));
        Assert.Contains(Names.ModelBlobs.Content, manifest.Files.Keys);
    }

    [Fact]
    public async Task Training_on_a_file_takes_the_catalogue_from_a_file()
    {
        File.WriteAllLines(
            scratch.File("data.csv"), ["user,item,timestamp", .. Actions().Select(action => $"u{action.User},i{action.Item},{1_750_000_000 + (3600 * action.Step)}")]);
        File.WriteAllLines(
            scratch.File("items.csv"), ["id,title,categories", .. Enumerable.Range(0, 60).Select(item => $"i{item},!,kind {item / 15}")]);
        string[] command = ["train", "--data", scratch.File("data.csv"), "--no-refit", .. SmallLog.Quick(), "--json"];

        var with = await Job.RunAsync([.. command, "--items", scratch.File("items.csv"), "--out", scratch.File("with")]);
        var without = await Job.RunAsync([.. command, "--out", scratch.File("without")]);

        Assert.True(with.Code == ExitCode.Ok, with.Error);
        Assert.InRange(with.Json.GetProperty("contentFeatures").GetInt32(), 4, 100);
        Assert.True(File.Exists(Path.Combine(scratch.File("with"), Names.ModelBlobs.Content)));
        Assert.Contains(Names.ModelBlobs.Content, new ModelFolder(scratch.File("with")).Files.Keys);
        Assert.Equal(0, without.Json.GetProperty("contentFeatures").GetInt32());
        Assert.DoesNotContain(Names.ModelBlobs.Content, new ModelFolder(scratch.File("without")).Files.Keys);
    }

    static IEnumerable<(int User, int Step, int Item)> Actions() =>
        from user in Enumerable.Range(0, Users)
        from step in Enumerable.Range(0, 8)
        select (user, step, (15 * (user % 4)) + CounterRandom.Below((ulong)user, (ulong)step, 15));
}
