using SasRec.Core.Contracts;
using SasRec.Core.Explore;
using SasRec.Storage.Models;

namespace SasRec.Trainer.Tests.Run;

public sealed class CorrectionTests(StorageEmulator emulator) : IDisposable
{
    readonly ScratchFolder work = new();

    public void Dispose() => work.Dispose();

    [Fact]
    public async Task What_came_through_a_slate_is_weighed_by_the_propensity_in_the_log()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 60, first: 0, count: 8);
        Assert.Equal(ExitCode.Ok, (await log.RunAsync(work)).Code);
        var policy = new ExplorationPolicy { Temperature = 2, Epsilon = 0.3 };
        await new SlateWorld(log, work).ServeAsync(60, 240, (last, item) => item == (last + 1) % SmallLog.Items ? 0.8 : 0.02, policy);

        var plain = await log.JobAsync(["run", "--work", work.Path, .. SmallLog.Quick(), "--cold"]);
        var corrected = await log.JobAsync(
            ["run", "--work", work.Path, .. SmallLog.Quick(), "--cold", "--correction", "Propensity", "--max-weight", "3"]);

        Assert.Equal("none", await CorrectionAsync(plain));
        Assert.Equal("propensity", await CorrectionAsync(corrected));
        Assert.NotEqual(plain.Json.GetProperty("ndcg10").GetDouble(), corrected.Json.GetProperty("ndcg10").GetDouble());

        async Task<string> CorrectionAsync(JobOutcome run) =>
            (await new ModelRegistry(log.Storage).GetAsync(run.Json.GetProperty("modelVersion").GetString()!)).Training["correction"];
    }
}
