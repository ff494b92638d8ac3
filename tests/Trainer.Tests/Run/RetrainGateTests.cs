using SasRec.Core.Contracts;
using SasRec.Storage.Models;
using SasRec.Storage.Training;

namespace SasRec.Trainer.Tests.Run;

public sealed class RetrainGateTests(StorageEmulator emulator) : IDisposable
{
    readonly ScratchFolder work = new();

    public void Dispose() => work.Dispose();

    [Fact]
    public async Task With_fewer_than_100_fresh_users_the_champion_stays()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 120, first: 0, count: 6);
        var champion = (await log.RunAsync(work)).Json.GetProperty("modelVersion").GetString()!;
        await log.AppendAsync(users: 99, first: 6, count: 1);

        var outcome = await log.RunAsync(work);

        Assert.Equal(ExitCode.GateRefused, outcome.Code);
        Assert.Contains($"Too little evidence: 99 users acted since {champion} was trained, 100 are needed. {champion} stays.", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(champion, (await ServingAsync(new ModelRegistry(log.Storage))).NetworkVersion);
    }

    [Fact]
    public async Task A_model_that_the_gate_refuses_is_kept_but_the_champion_serves_on()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 270, first: 0, count: 8);
        var champion = (await log.RunAsync(work)).Json.GetProperty("modelVersion").GetString()!;
        await log.AppendAsync(users: 120, first: 8, count: 1);

        // Trained hardly at all, and without the counts, which need no training: worse than the champion for certain.
        var outcome = await log.JobAsync(
            ["run", "--work", work.Path, .. SmallLog.Quick(epochs: 1, learningRate: "0.000001"), "--no-neighbours", "--shadow-refused"]);

        Assert.Equal(ExitCode.GateRefused, outcome.Code);
        Assert.Equal("refused", outcome.Json.GetProperty("outcome").GetString());
        var registry = new ModelRegistry(log.Storage);
        var serving = await ServingAsync(registry);
        Assert.Equal((champion, champion), (serving.NetworkVersion, serving.ParentVersion));
        var refused = await registry.GetAsync(outcome.Json.GetProperty("modelVersion").GetString()!);
        Assert.False(refused.Verdict!.Passed);
        Assert.Equal(champion, refused.ParentVersion);
        Assert.Contains(refused.Verdict.Reasons, reason => reason.Contains($"may be worse than {champion}", StringComparison.Ordinal));
        Assert.Equal(120, refused.Verdict.Figures["users"]);
        Assert.Equal(champion, refused.AnchorVersion);

        // The 150 who did nothing since the champion was trained tell that the network learned less from what both know.
        Assert.Equal(150, refused.Verdict.Figures["recipe.users"]);
        Assert.StartsWith("The recipe has got worse", refused.Verdict.Regression, StringComparison.Ordinal);
        Assert.Null((await registry.GetAsync(champion)).AnchorVersion);
        Assert.Equal(RunOutcome.Refused, (await new RunLog(log.Storage).ListAsync())[0].Outcome);

        var shadow = (await registry.ShadowIfChangedAsync(null))!.Pointer;
        Assert.Equal((refused.Version, "trainer"), (shadow.Version, shadow.By));
        Assert.Equal(ExitCode.Usage, (await log.JobAsync("models", "shadow")).Code);
        await log.JobAsync("models", "shadow", champion, "--by", "ann", "--reason", "against itself");
        Assert.Equal((champion, "ann"), ((await registry.ShadowIfChangedAsync(null))!.Pointer.Version, (await registry.ShadowIfChangedAsync(null))!.Pointer.By));
        await log.JobAsync("models", "shadow", "--end");
        Assert.Null((await registry.ShadowIfChangedAsync(null))!.Pointer.Version);

        var unasked = await log.JobAsync("models", "activate", refused.Version);
        var overruled = await log.JobAsync("models", "activate", refused.Version, "--override", "--by", "ann", "--reason", "a test");

        Assert.Equal(ExitCode.GateRefused, unasked.Code);
        Assert.Equal(ExitCode.Ok, overruled.Code);
        Assert.Equal("ann", (await registry.GetAsync(refused.Version)).Verdict!.OverriddenBy);
        Assert.Contains("refused, overridden by ann: a test", (await log.ModelsTextAsync()), StringComparison.Ordinal);
        var move = (await registry.CurrentAsync())!.Pointer.History[0];
        Assert.Equal((refused.Version, serving.Version, "ann", "against the gate's verdict: a test"), (move.Version, move.Previous, move.By, move.Reason));
    }

    /// <summary>What serves: after a refusal the champion's network, refreshed.</summary>
    static async Task<ModelManifest> ServingAsync(ModelRegistry registry) => await registry.GetAsync((await registry.CurrentAsync())!.Pointer.Version);
}
