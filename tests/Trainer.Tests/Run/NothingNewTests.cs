using SasRec.Core.Contracts;
using SasRec.Storage.Models;

namespace SasRec.Trainer.Tests.Run;

public sealed class NothingNewTests(StorageEmulator emulator) : IDisposable
{
    readonly ScratchFolder work = new();

    public void Dispose() => work.Dispose();

    [Fact]
    public async Task A_run_is_not_worth_it_while_little_is_new()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 60, first: 0, count: 6);
        await log.RunAsync(work);
        await log.AppendAsync(users: 10, first: 6, count: 1);

        var outcome = await log.RunAsync(work, "--min-new", "11");

        Assert.Equal("nothingNew", outcome.Json.GetProperty("outcome").GetString());
        Assert.Contains("10 interactions are new", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_with_too_little_is_no_failure()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 5, first: 0, count: 2);

        var outcome = await log.RunAsync(work);

        Assert.Equal(ExitCode.Ok, outcome.Code);
        Assert.Equal("nothingNew", outcome.Json.GetProperty("outcome").GetString());
        Assert.Contains("no user has acted on three items", outcome.Error, StringComparison.Ordinal);
        Assert.Null(await new ModelRegistry(log.Storage).CurrentAsync());
    }
}
