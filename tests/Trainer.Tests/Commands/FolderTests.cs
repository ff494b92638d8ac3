using SasRec.Core.Contracts;
using SasRec.Core.Model;
using SasRec.Storage.Messages;
using SasRec.Storage.Models;
using SasRec.Trainer.Publish;

namespace SasRec.Trainer.Tests.Commands;

public sealed class FolderTests(StorageEmulator emulator) : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task A_model_goes_from_a_file_to_the_registry()
    {
        var log = new SmallLog(emulator);
        var (data, model) = (Ring(), scratch.File("model"));

        var trained = await Job.RunAsync(["train", "--data", data, "--out", model, .. SmallLog.Quick(), "--json"]);

        Assert.True(trained.Code == ExitCode.Ok, trained.Error);
        foreach (var field in new[] { "ndcg10", "hr10", "refitNdcg10", "refitHr10", "popularityNdcg10", "seconds", "epochs" })
        {
            Assert.True(trained.Json.GetProperty(field).GetDouble() >= 0, field);
        }

        Assert.True(trained.Json.GetProperty("ndcg10").GetDouble() > 0.5, trained.Output);
        Assert.True(trained.Json.GetProperty("popularityNdcg10").GetDouble() < 0.25, trained.Output);
        Assert.True(trained.Json.GetProperty("onnxDifference").GetDouble() <= 1e-4);
        Assert.Equal(12 + 1, File.ReadAllLines(Path.Combine(model, "curve.csv")).Length);

        var exported = await Job.RunAsync(["export", model, "--out", scratch.File("again.onnx"), "--json"]);
        Assert.True(exported.Code == ExitCode.Ok, exported.Error);
        Assert.Equal(File.ReadAllBytes(Path.Combine(model, "model.onnx")), File.ReadAllBytes(scratch.File("again.onnx")));

        // The refit model on the same test is what train measured as refit.
        var evaluated = await Job.RunAsync(["evaluate", "--model", model, "--data", data, "--json"]);
        Assert.True(evaluated.Code == ExitCode.Ok, evaluated.Error);
        Assert.Equal(trained.Json.GetProperty("refitNdcg10").GetDouble(), evaluated.Json.GetProperty("ndcg10").GetDouble(), 9);

        var published = await log.JobAsync("publish", model, "--activate", "--by", "ann");
        Assert.True(published.Code == ExitCode.Ok, published.Error);
        var current = await new ModelRegistry(log.Storage).CurrentAsync();
        Assert.Equal(published.Json.GetProperty("version").GetString(), current!.Pointer.Version);
        Assert.Equal("ann", current.Pointer.History[0].By);
    }

    [Fact]
    public async Task The_same_file_and_seed_give_the_same_model()
    {
        var data = Ring();
        await Job.RunAsync(["train", "--data", data, "--out", scratch.File("a"), .. SmallLog.Quick(3)]);
        await Job.RunAsync(["train", "--data", data, "--out", scratch.File("b"), .. SmallLog.Quick(3)]);
        await Job.RunAsync(["train", "--data", data, "--out", scratch.File("c"), .. SmallLog.Quick(3), "--seed", "2"]);

        var weights = new[] { "a", "b", "c" }.Select(m => Convert.ToHexString(File.ReadAllBytes(Path.Combine(scratch.File(m), "weights.safetensors")))).ToArray();

        Assert.Equal(weights[0], weights[1]);
        Assert.NotEqual(weights[0], weights[2]);
    }

    [Fact]
    public async Task A_model_that_popularity_beats_is_published_but_does_not_serve()
    {
        var log = new SmallLog(emulator);
        await Job.RunAsync(["train", "--data", Hits(), "--out", scratch.File("poor"), "--no-neighbours", .. SmallLog.Quick(1, "0.0000001")]);

        var outcome = await log.JobAsync("publish", scratch.File("poor"), "--activate");

        Assert.Equal(ExitCode.GateRefused, outcome.Code);
        var registry = new ModelRegistry(log.Storage);
        Assert.Null(await registry.CurrentAsync());
        Assert.Equal(outcome.Json.GetProperty("version").GetString(), Assert.Single(await registry.ListAsync()).Version);
    }

    [Fact]
    public async Task A_time_split_is_measured_beside_the_popularity_of_the_last_seven_days()
    {
        var path = scratch.File("timed.csv");
        var rows = from user in Enumerable.Range(0, 90) from step in Enumerable.Range(0, 8) select $"{1_700_000_000 + (86_400 * step) + user},user{user},item{(user + step) % 30}";
        File.WriteAllLines(path, rows.Prepend("timestamp,user,item"));

        var outcome = await Job.RunAsync(["train", "--data", path, "--out", scratch.File("m"), .. SmallLog.Quick(), "--time-split", "0.25", "--json"]);
        var untimed = await Job.RunAsync(["train", "--data", Ring(), "--out", scratch.File("m"), "--time-split", "0.25"]);

        Assert.True(outcome.Code == ExitCode.Ok, outcome.Error);
        var baselines = outcome.Json.GetProperty("timeSplitBaselines");
        Assert.True(outcome.Json.GetProperty("timeSplitNdcg10").GetDouble() > baselines.GetProperty("popularity-7d").GetDouble(), outcome.Output);
        Assert.Equal(["neighbours", "popularity", "popularity-30d", "popularity-7d"], baselines.EnumerateObject().Select(b => b.Name).Order(StringComparer.Ordinal));
        var difference = outcome.Json.GetProperty("timeSplitDifference");
        Assert.InRange(difference.GetProperty("difference").GetDouble(), difference.GetProperty("low").GetDouble(), difference.GetProperty("high").GetDouble());
        Assert.Equal(ExitCode.Usage, untimed.Code);
        var tilted = await Job.RunAsync(["train", "--data", path, "--out", scratch.File("m"), .. SmallLog.Quick(2), "--prior", "0.7", "--json"]);
        Assert.Equal(0.7, tilted.Json.GetProperty("priorStrength").GetDouble());
        using var weights = File.OpenRead(Path.Combine(scratch.File("m"), "weights.safetensors"));
        Assert.True(SasRecWeights.Load(weights).ItemBias!.Max() > 0.7);
        Assert.Equal(ExitCode.Usage, (await Job.RunAsync(["train", "--data", path, "--out", scratch.File("m"), "--prior", "-1"])).Code);
    }

    [Theory]
    [InlineData("u a\nu b\nv a\nu a\n", "no user has acted on three items")]
    [InlineData("u a\nu b\nu c\n", "no user has acted on four items")]
    [InlineData("u a\nu a\nu a\nu a\n", "there is only one item")]
    public async Task A_file_with_too_little_is_named(string lines, string what)
    {
        File.WriteAllText(scratch.File("few"), lines);

        var outcome = await Job.RunAsync(["train", "--data", scratch.File("few"), "--out", scratch.File("m"), "--json"]);

        Assert.Equal(ExitCode.Usage, outcome.Code);
        Assert.Contains($"too little to learn from: {what}", outcome.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named_before_the_data_is_read()
    {
        File.WriteAllText(scratch.File("file"), "");

        var outcome = await Job.RunAsync(["train", "--data", scratch.File("nothing"), "--out", scratch.File("file/m")]);

        Assert.Equal(ExitCode.Usage, outcome.Code);
        Assert.Contains($"--out '{scratch.File("file/m")}' cannot be used", outcome.Error, StringComparison.Ordinal);
        Assert.Single(outcome.Error.Trim().Split('\n'));
    }

    [Fact]
    public async Task A_folder_is_written_by_one_run_at_a_time()
    {
        using var other = FolderLock.Take(scratch.File("m"), "--out");

        var outcome = await Job.RunAsync(["train", "--data", Ring(), "--out", scratch.File("m")]);

        Assert.Equal(ExitCode.Usage, outcome.Code);
        Assert.Contains("another process writes to it", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--dropout", "0,5")]
    [InlineData("--learning-rate", "0,003")]
    [InlineData("--time-split", "0,2")]
    [InlineData("--epochs", "1,000")]
    public async Task A_number_with_a_comma_is_refused(string option, string value)
    {
        var outcome = await Job.RunAsync(["train", "--data", Ring(), "--out", scratch.File("m"), option, value]);

        Assert.Equal(ExitCode.Usage, outcome.Code);
        Assert.Contains($"{option} '{value}' must be a number with a point before decimals and no comma.", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_model_is_named()
    {
        var outcome = await Job.RunAsync(["export", scratch.File("nothing")]);

        Assert.Equal(ExitCode.Failure, outcome.Code);
        Assert.Contains("is not the folder of a model", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_version_is_named()
    {
        var outcome = await new SmallLog(emulator).JobAsync("models", "activate", "20250101T000000Z-deadbeef");

        Assert.Equal(ExitCode.Failure, outcome.Code);
        Assert.Contains("There is no model '20250101T000000Z-deadbeef'.", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poison_messages_go_back_to_their_queue()
    {
        var log = new SmallLog(emulator);
        await log.Storage.EnsureCreatedAsync();
        var poison = log.Storage.Queue("interactions-poison");
        await poison.SendMessageAsync("broken once");
        await poison.SendMessageAsync("broken twice");

        var outcome = await log.JobAsync("replay", "--queue", "interactions");

        Assert.Equal(2, outcome.Json.GetProperty("replayed").GetProperty("interactions").GetInt32());
        Assert.Equal(0, await new PoisonMessages(log.Storage).CountAsync("interactions"));
        Assert.Equal(2, (await log.Storage.Queue("interactions").PeekMessagesAsync(10)).Value.Length);
    }

    /// <summary>Users of whom every other action is on one of five hits of hundreds of items.</summary>
    string Hits()
    {
        var path = scratch.File("hits");
        File.WriteAllLines(
            path,
            from user in Enumerable.Range(0, 90)
            from step in Enumerable.Range(0, 8)
            select $"user{user} {(step % 2 == 0 ? $"item{(user * 31 + step * 17) % 400}" : $"hit{(user + (step / 2)) % 5}")}");
        return path;
    }

    /// <summary>Users who walk a ring of items.</summary>
    string Ring()
    {
        var path = scratch.File("ring");
        File.WriteAllLines(path, from user in Enumerable.Range(0, 90) from step in Enumerable.Range(0, 8) select $"user{user} item{(user + step) % 30}");
        return path;
    }
}
