using SasRec.Core.Contracts;

namespace SasRec.Trainer.Tests.Commands;

public sealed class RollbackTests(StorageEmulator emulator) : IDisposable
{
    readonly ScratchFolder work = new();

    public void Dispose() => work.Dispose();

    [Fact]
    public async Task Rollback_lets_the_model_before_serve_again()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 120, first: 0, count: 8);
        var first = (await log.RunAsync(work)).Json.GetProperty("modelVersion").GetString();
        var nothing = await log.JobAsync("models", "rollback");
        await log.AppendAsync(users: 120, first: 8, count: 1);
        var second = (await log.RunAsync(work, "--seed", "2", "--gate-tolerance", "1")).Json.GetProperty("modelVersion").GetString();

        var outcome = await log.JobAsync("models", "rollback", "--by", "bob");
        var listed = await log.JobAsync("models");

        Assert.Equal(ExitCode.Failure, nothing.Code);
        Assert.Equal(ExitCode.Ok, outcome.Code);
        Assert.Equal(first, listed.Json.GetProperty("current").GetString());
        Assert.Equal([second, first], listed.Json.GetProperty("models").EnumerateArray().Select(m => m.GetProperty("version").GetString()));
    }
}
