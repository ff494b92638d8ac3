using SasRec.Core.Contracts;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Models;
using SasRec.Storage.Training;
using SasRec.Trainer.Commands;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Publish;
using SasRec.Trainer.Run;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Tests.Run;

public sealed class WarmStartTests(StorageEmulator emulator) : IDisposable
{
    static readonly DateTimeOffset Then = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);
    static readonly TrainingPlan Plan = new(new SasRecConfig { Blocks = 1, MaxLength = 50 }, new TrainingOptions { ItemDropout = 0.2 });

    readonly ScratchFolder work = new();

    public void Dispose() => work.Dispose();

    [Fact]
    public async Task A_run_goes_on_from_the_weights_that_serve_and_needs_a_fraction_of_the_epochs()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 90, first: 0, count: 8);
        var first = await log.JobAsync(["run", "--work", work.Path, .. SmallLog.Quick(epochs: 40)]);
        await log.AppendAsync(users: 100, first: 8, count: 1);
        await log.AppendAsync(users: 30, first: 30, count: 2, items: 33);

        var second = await log.JobAsync(["run", "--work", work.Path, .. SmallLog.Quick(epochs: 40)]);

        var (before, now) = (await ManifestAsync(log, first), await ManifestAsync(log, second));
        Assert.Equal((null, 0), (before.Lineage!.WarmFrom, before.Lineage.WarmStarts));
        Assert.Equal((before.Version, 1), (now.Lineage!.WarmFrom, now.Lineage.WarmStarts));
        Assert.True(now.Lineage.ReadUpTo > before.Lineage.ReadUpTo);
        Assert.Contains(Names.ModelBlobs.StrictWeights, now.Files.Keys);
        Assert.Contains($"Warm start from {before.Version}.", second.Error, StringComparison.Ordinal);

        // The ring was known; only its three new items were not.
        Assert.Equal((30, 33), (before.Data.Items, now.Data.Items));
        Assert.True(now.Metrics["ndcg@10"] > 0.9 * before.Metrics["ndcg@10"]);
        var epochs = (await new RunLog(log.Storage).ListAsync()).Select(run => run.Curve.Count(point => point.Phase == "train")).ToArray();
        Assert.True(epochs[0] <= epochs[1] / 2, $"{epochs[0]} epochs after {epochs[1]}");
    }

    [Fact]
    public async Task The_strict_weights_go_on_in_a_chain_of_their_own()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 60, first: 0, count: 6);
        var version = (await log.RunAsync(work)).Json.GetProperty("modelVersion").GetString()!;

        var start = await StartAsync(log, cold: false);

        var files = new ModelFolder(work.File("downloaded"));
        await new ModelRegistry(log.Storage).DownloadAsync(version, files.Path);
        var (strict, published) = (files.ReadWeights(Names.ModelBlobs.StrictWeights), files.ReadWeights());
        Assert.Equal(strict.Values, start.Strict!.Values);
        Assert.Equal(published.Values, start.Published!.Values);
        Assert.NotEqual(strict.Values, published.Values);
    }

    [Fact]
    public async Task Where_no_weights_may_know_of_a_deleted_user_training_begins_from_nothing()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 60, first: 0, count: 6);
        await log.RunAsync(work);
        await new InteractionLog(log.Storage).DeleteUserAsync("user-7-ü");

        var second = await log.JobAsync(["run", "--work", work.Path, "--forget-within", "0", .. SmallLog.Quick(epochs: 2)]);
        var lineage = (await ManifestAsync(log, second)).Lineage!;

        Assert.Null(lineage.WarmFrom);
        Assert.Contains("a user was deleted", lineage.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_told_to_begins_from_nothing()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 60, first: 0, count: 6);
        await log.RunAsync(work);

        Assert.Null((await StartAsync(log, cold: true)).Strict);
        Assert.NotNull((await StartAsync(log, cold: false)).Strict);
    }

    [Fact]
    public async Task Only_the_newest_actions_train_and_where_histories_are_cut_elsewhere_training_begins_from_nothing()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 60, first: 0, count: 8);
        Assert.Equal(480, (await log.RunAsync(work, "--gate-tolerance", "1")).Json.GetProperty("events").GetInt32());

        var cut = await log.RunAsync(work, "--newest", "6", "--gate-tolerance", "1", "--gate-min-users", "10");
        var manifest = await ManifestAsync(log, cut);

        Assert.Equal(360, cut.Json.GetProperty("events").GetInt32());
        Assert.Equal(("6", "0"), (manifest.Training["newest"], manifest.Training["windowDays"]));
        Assert.Null(manifest.Lineage!.WarmFrom);
        Assert.Contains("newest is no longer what", manifest.Lineage.Reason, StringComparison.Ordinal);

        // Users act once an hour, so a day's window leaves all.
        Assert.Equal(480, (await log.RunAsync(work, "--window", "1")).Json.GetProperty("events").GetInt32());
    }

    [Theory]
    [InlineData("serves")]
    [InlineData("trained by a run", false)]
    [InlineData("one of 3 runs starts cold", true, 2)]
    [InlineData("another network", true, 0, 40)]
    [InlineData("dropout", true, 0, 50, 0.3)]
    [InlineData("less than half", true, 0, 50, 0.2, 100)]
    [InlineData("too old", true, 0, 50, 0.2, 1_000, 61)]
    [InlineData(null, true, 1, 50, 0.2, 500, 59)]
    public void What_cannot_be_continued_is_not(
        string? reason, bool lineage = true, int warmStarts = 0, int length = 50, double dropout = 0.2, int events = 1_000, int days = 1)
    {
        var champion = Champion(lineage ? new ModelLineage(null, warmStarts, "", Then) : null) with
        {
            Config = Plan.Config with { MaxLength = length },
            Data = new DataRange(null, null, events, 100, 50),
            Training = (Plan with { Options = Plan.Options with { Dropout = dropout, Seed = 9 } }).Describe(7),
        };
        var registry = new ModelRegistry(new SmallLog(emulator).Storage);

        var why = new WarmStart(registry, work.Path, new WarmStartOptions { ColdEvery = 3 })
            .WhyCold(reason == "serves" ? null : champion, Plan, new Snapshot { Watermark = Then.AddDays(days) }, events: 1_000);

        Assert.Equal(reason is null, why is null);
        Assert.Contains(reason ?? "", why ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Every_option_that_shapes_the_model_is_in_the_manifest_and_a_change_of_it_starts_cold()
    {
        string[] chosen = ["priorStrength", "neighbourShare", "transitionStrength", "coOccurrenceStrength"];
        string[] free = ["engine", "epochs", "seed", "threads", .. chosen];
        var trained = Plan.Describe(7);

        Assert.Equal(
            typeof(TrainingOptions).GetProperties().Select(option => char.ToLowerInvariant(option.Name[0]) + option.Name[1..]).Concat(chosen).Order(),
            trained.Keys.Order());
        Assert.Null(Plan.FirstChange(trained));
        foreach (var option in trained.Keys)
        {
            var changed = Plan.FirstChange(new Dictionary<string, string>(trained) { [option] = "another" });
            var missing = Plan.FirstChange(trained.Where(pair => pair.Key != option).ToDictionary());

            Assert.Equal(free.Contains(option) ? (null, null) : (option, option), (changed, missing));
        }
    }

    [Fact]
    public void A_manifest_of_an_earlier_release_calls_the_decay_of_the_average_averaging()
    {
        var trained = Plan.Describe(7);
        trained["averaging"] = trained["emaDecay"];
        trained.Remove("emaDecay");

        Assert.Null(Plan.FirstChange(trained));
    }

    [Theory]
    [InlineData(-1, true, 30, true)] // before the weights were trained from nothing
    [InlineData(1, true, 29, true)] // long enough ago only tomorrow
    [InlineData(1, true, 30, false)]
    [InlineData(1, false, 30, true)] // a user whom nothing was ever trained on
    public void Weights_that_know_a_deleted_user_go_on_for_thirty_days_and_others_for_ever(int hours, bool trained, int days, bool continued)
    {
        var registry = new ModelRegistry(new SmallLog(emulator).Storage);
        var champion = Champion(new ModelLineage("before", 3, "", Then.AddDays(days), BeganAt: Then));
        var snapshot = new Snapshot
        {
            Watermark = Then.AddDays(days).AddHours(2), Deletions = [new SnapshotDeletion("0123", Then.AddHours(hours), trained)],
        };

        var why = new WarmStart(registry, work.Path, new WarmStartOptions()).WhyCold(champion, Plan, snapshot, events: 1_000);

        Assert.Equal(continued, why is null);
    }

    [Fact]
    public async Task A_range_is_named()
    {
        var outcome = await Job.RunAsync(["run", "--cold-every", "0"]);

        Assert.Equal(ExitCode.Usage, outcome.Code);
        Assert.Contains("--cold-every must be 1 to 1,000. Found: 0.", outcome.Error, StringComparison.Ordinal);
    }

    static ModelManifest Champion(ModelLineage? lineage) => new()
    {
        Version = "v",
        Config = Plan.Config,
        Data = new DataRange(null, null, 1_000, 100, 50),
        Protocol = "",
        Training = Plan.Describe(7),
        Lineage = lineage,
        Files = new Dictionary<string, ModelFile> { [Names.ModelBlobs.StrictWeights] = new("", 0) },
    };

    /// <summary>What a run over the log would begin with.</summary>
    async Task<TrainingStart> StartAsync(SmallLog log, bool cold)
    {
        var (snapshots, registry) = (new SnapshotStore(log.Storage), new ModelRegistry(log.Storage));
        var snapshot = await snapshots.CurrentAsync();
        var builder = new InteractionDatasetBuilder();
        await foreach (var interaction in snapshots.ReadAsync(snapshot))
        {
            builder.Add(interaction);
        }

        var champion = await registry.GetAsync((await registry.CurrentAsync())!.Pointer.Version);
        var options = new TrainingOptions { Negatives = 8, Dropout = 0, ItemDropout = 0.2, LearningRate = 0.01 };
        return await new WarmStart(registry, work.File("champion"), new WarmStartOptions { Cold = cold }).FindAsync(
            builder.Build(), new DatasetOptions(), snapshot, new TrainingPlan(champion.Config, options), champion, CancellationToken.None);
    }

    static async Task<ModelManifest> ManifestAsync(SmallLog log, JobOutcome run)
    {
        // What a training began with does not depend on what the gate says of it.
        Assert.True(run.Code is ExitCode.Ok or ExitCode.GateRefused, run.Error + run.Output);
        return await new ModelRegistry(log.Storage).GetAsync(run.Json.GetProperty("modelVersion").GetString()!);
    }
}
