using SasRec.Core.Evaluate.Insights;
using SasRec.Storage.Training;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests.Training;

public class InsightsLogTests(StorageEmulator emulator)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_has_its_report_and_the_figures_of_all_runs_are_in_order_each_once()
    {
        var log = new InsightsLog(await NewAsync(emulator));
        var report = new InsightsBuilder(new LedgerOptions(), Noon).Build(Noon.AddDays(-1), Noon);
        Assert.Empty(await log.HistoryAsync(10, Cancellation));
        Assert.Null(await log.GetAsync("run-1", Cancellation));

        await log.SaveAsync("run-1", "m1", report, Cancellation);
        await log.SaveAsync("run-2", null, report with { AsOf = Noon.AddDays(1) }, Cancellation);
        await log.SaveAsync("run-2", "m2", report with { AsOf = Noon.AddDays(1) }, Cancellation);

        Assert.Equal(Noon, (await log.GetAsync("run-1", Cancellation))!.AsOf);
        Assert.Equal([("run-1", "m1"), ("run-2", "m2")], (await log.HistoryAsync(10, Cancellation)).Select(r => (r.RunId, r.ModelVersion)));
        Assert.Equal("run-2", Assert.Single(await log.HistoryAsync(1, Cancellation)).RunId);
    }
}
