using SasRec.Core.Contracts;
using SasRec.Core.Explore;
using SasRec.Core.Sequences;
using SasRec.Storage.Models;
using SasRec.Trainer.Run;

namespace SasRec.Trainer.Tests.Run;

public sealed class OffPolicyComparisonTests(StorageEmulator emulator) : IDisposable
{
    static readonly ExplorationPolicy Wide = new() { Temperature = 3, Epsilon = 0.3 };

    readonly ScratchFolder work = new();

    public void Dispose() => work.Dispose();

    [Fact]
    public async Task What_was_shown_speaks_against_a_challenger_that_has_learned_nothing_and_not_against_one_that_has()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 120, first: 0, count: 8);

        // The counts of item pairs need no training: with them even a network that has learned nothing recommends well.
        const string withoutCounts = "--no-neighbours";
        Assert.Equal(ExitCode.Ok, (await log.RunAsync(work, withoutCounts, "--gate-tolerance", "1")).Code);

        // Users take the item that comes next on the ring, which the champion knows and explores around.
        await new SlateWorld(log, work).ServeAsync(120, 1_200, (last, item) => item == (last + 1) % SmallLog.Items ? 0.8 : 0.02, Wide);

        // Trained hardly at all. Nobody acted since but through slates, so the champion stays in either case.
        var bad = await log.JobAsync(["run", "--work", work.Path, .. SmallLog.Quick(epochs: 1, learningRate: "0.000001"), withoutCounts, "--gate-min-users", "1000000", "--keep-response"]);
        var against = await VerdictAsync(log, bad);
        var good = await log.RunAsync(work, withoutCounts, "--gate-min-users", "1000000");
        var shown = await VerdictAsync(log, good);

        Assert.Equal(ExitCode.GateRefused, bad.Code);
        Assert.True(against.Reasons.Any(reason => reason.Contains("it is surely worse", StringComparison.Ordinal)), string.Join("\n", against.Reasons));
        Assert.True(against.Figures["shown.difference.high"] < 0);

        var manifest = await new ModelRegistry(log.Storage).GetAsync(good.Json.GetProperty("modelVersion").GetString()!);
        Assert.True(manifest.Response is { Probability: true, Slates: 1_200, Slots: 6_000, Taken: > 100 }, manifest.Response?.Reason);
        Assert.Contains("response.json", manifest.Files.Keys);
        Assert.Contains(shown.Reasons, reason => reason.Contains("it is not surely worse", StringComparison.Ordinal));
        Assert.Equal(600, shown.Figures["shown.slates"]);
        Assert.Equal(0, shown.Figures["shown.notRebuilt"]);
        Assert.Equal(1, shown.Figures["shown.exact"]);
        Assert.InRange(shown.Figures["shown.cascade-dr.meanWeight"], 0.9, 1.1);
    }

    [Fact]
    public async Task Slates_that_name_only_unknown_recommenders_fail_the_run_and_are_named()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 60, first: 0, count: 6);
        Assert.Equal(ExitCode.Ok, (await log.RunAsync(work)).Code);
        await new SlateWorld(log, work).ServeAsync(60, 30, (_, _) => 0.5, Wide, "renamed");

        var failed = await log.RunAsync(work);
        var without = await log.RunAsync(work, "--gate-slates", "0");

        Assert.Equal(ExitCode.Failure, failed.Code);
        Assert.Contains("newest slates of", failed.Error, StringComparison.Ordinal);
        Assert.Contains("name the recommenders renamed; known are sasrec, popularity, similar", failed.Error, StringComparison.Ordinal);
        Assert.True(without.Code is ExitCode.Ok or ExitCode.GateRefused, without.Error);
    }

    [Fact]
    public async Task Slates_of_other_known_recommenders_are_no_evidence_and_no_failure()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 60, first: 0, count: 6);
        Assert.Equal(ExitCode.Ok, (await log.RunAsync(work)).Code);
        await new SlateWorld(log, work).ServeAsync(60, 30, (_, _) => 0.5, Wide, Recommenders.Popularity);

        var verdict = await VerdictAsync(log, await log.RunAsync(work));

        Assert.Contains(verdict.Reasons, reason => reason.Contains("0 slates were shown by", StringComparison.Ordinal));
    }

    [Fact]
    public void The_stand_in_is_trained_on_nothing_that_happened_from_the_moment_on()
    {
        var data = new SequenceDataset(4, [0, 3, 5, 6], [0, 1, 2, 3, 0, 1], [10, 20, 30, 20, 20, 5]);

        var before = OffPolicyComparison.Before(data, DateTimeOffset.FromUnixTimeMilliseconds(20));

        Assert.Equal([1, 0, 1], Enumerable.Range(0, 3).Select(before.Length));
        Assert.Equal([0], before.Items(0).ToArray());
    }

    static async Task<GateVerdict> VerdictAsync(SmallLog log, JobOutcome outcome) =>
        (await new ModelRegistry(log.Storage).GetAsync(outcome.Json.GetProperty("modelVersion").GetString()!)).Verdict!;
}
