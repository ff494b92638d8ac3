using System.Text.Json;
using System.Text.Json.Nodes;
using SasRec.Core.Contracts;
using SasRec.Trainer.Files;

namespace SasRec.Trainer.Tests.Recommend;

public sealed class RecommendTests(StorageEmulator emulator) : IDisposable
{
    const int Users = 70;

    readonly ScratchFolder work = new();

    public void Dispose() => work.Dispose();

    [Fact]
    public async Task A_batch_that_was_killed_goes_on_and_every_user_is_in_the_files_once()
    {
        var log = await TrainedAsync();
        var whole = await log.JobAsync("recommend", "--out", work.File("whole"), "--k", "4");
        Assert.True(whole.Code == ExitCode.Ok, whole.Error);
        var expected = Lines("whole");

        // As a kill leaves it: one part half written, one whole that the state does not name yet, and none behind these.
        var state = JsonNode.Parse(await File.ReadAllTextAsync(work.File("whole/_state.json")))!;
        var names = state["parts"]!.AsObject().Select(part => part.Key).ToArray();
        foreach (var name in names.Skip(9))
        {
            state["parts"]!.AsObject().Remove(name);
        }

        foreach (var name in names.Skip(10))
        {
            File.Delete(work.File("whole/" + name));
        }

        await File.WriteAllTextAsync(work.File("whole/_state.json"), state.ToJsonString());
        await File.WriteAllTextAsync(work.File($"whole/.{names[10]}.partial"), expected[0][..20]);
        var rest = await log.JobAsync("recommend", "--out", work.File("whole"), "--k", "4");

        Assert.True(rest.Code == ExitCode.Ok, rest.Error);
        Assert.Equal(expected, Lines("whole"));
        Assert.Equal(Enumerable.Range(0, Users).Select(SmallLog.User).Order(StringComparer.Ordinal), expected.Select(UserOf).Order(StringComparer.Ordinal));
        Assert.Equal((Users, Users), (rest.Json.GetProperty("users").GetInt32(), whole.Json.GetProperty("usersNow").GetInt32()));
        Assert.InRange(rest.Json.GetProperty("usersNow").GetInt32(), 1, Users - 1);
        Assert.Equal(names.Append("_state.json").Order(StringComparer.Ordinal), Directory.GetFiles(work.File("whole")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Parquet_holds_the_same_and_what_was_seen_is_left_out()
    {
        var log = await TrainedAsync();
        Assert.Equal(ExitCode.Ok, (await log.JobAsync("recommend", "--out", work.File("lines"), "--k", "3")).Code);
        Assert.Equal(ExitCode.Ok, (await log.JobAsync("recommend", "--out", work.File("rows"), "--k", "3", "--format", "Parquet")).Code);

        var read = Directory.GetFiles(work.File("rows"), "*.parquet").Order(StringComparer.Ordinal)
            .SelectMany(file => InteractionFile.Open(file, new ReadOptions { Order = LineOrder.File }).Read())
            .Select(row => (row.UserId, row.ItemId)).ToArray();
        var expected = Lines("lines").Select(line => JsonDocument.Parse(line).RootElement)
            .SelectMany(line => line.GetProperty("items").EnumerateArray().Select(item => (line.GetProperty("userId").GetString()!, item.GetProperty("itemId").GetString()!)))
            .ToArray();

        Assert.Equal(3 * Users, expected.Length);
        Assert.Equal(expected, read);
        Assert.All(Enumerable.Range(0, Users), user => Assert.DoesNotContain(
            expected, row => row.Item1 == SmallLog.User(user) && Enumerable.Range(0, 8).Any(step => row.Item2 == $"item {(user + step) % SmallLog.Items}")));
    }

    [Fact]
    public async Task A_folder_that_holds_another_batch_is_refused_with_what_differs()
    {
        var log = await TrainedAsync();
        var listed = work.File("users");
        await File.WriteAllLinesAsync(listed, [SmallLog.User(3), "nobody"]);
        Assert.Equal(ExitCode.Ok, (await log.JobAsync("recommend", "--out", work.File("out"), "--users", listed)).Code);

        var other = await log.JobAsync("recommend", "--out", work.File("out"), "--users", listed, "--k", "7");
        var anew = await log.JobAsync("recommend", "--out", work.File("out"), "--users", listed, "--k", "7", "--restart");

        Assert.Equal(ExitCode.Usage, other.Code);
        Assert.Contains("was begun with --k '10'. Found: '7'.", other.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, anew.Code);
        Assert.Equal(["nobody", SmallLog.User(3)], Lines("out").Select(UserOf).Order(StringComparer.Ordinal));
        Assert.All(Lines("out"), line => Assert.Equal(7, JsonDocument.Parse(line).RootElement.GetProperty("items").GetArrayLength()));
    }

    async Task<SmallLog> TrainedAsync()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(Users, first: 0, count: 8);
        var run = await log.RunAsync(work, "--gate-tolerance", "1");
        Assert.True(run.Code == ExitCode.Ok, run.Error + run.Output);
        return log;
    }

    string[] Lines(string folder) =>
        [.. Directory.GetFiles(work.File(folder), "*.jsonl").Order(StringComparer.Ordinal).SelectMany(File.ReadLines)];

    static string UserOf(string line) => JsonDocument.Parse(line).RootElement.GetProperty("userId").GetString()!;
}
