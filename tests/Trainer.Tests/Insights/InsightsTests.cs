using SasRec.Core.Contracts;
using SasRec.Core.Events;
using SasRec.Storage.Log;
using SasRec.Storage.Training;

namespace SasRec.Trainer.Tests.Insights;

public sealed class InsightsTests(StorageEmulator emulator) : IDisposable
{
    readonly ScratchFolder work = new();

    public void Dispose() => work.Dispose();

    [Fact]
    public async Task A_run_leaves_a_report_of_the_ledger_and_the_verb_shows_it()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(users: 60, first: 0, count: 6);
        await ServeAsync(log, slates: 40);

        var run = await log.RunAsync(work);

        var runId = run.Json.GetProperty("runId").GetString()!;
        var kept = await new InsightsLog(log.Storage).GetAsync(runId);
        Assert.Equal((80, 20), (kept!.Total.Served, kept.Total.Interacted));
        Assert.Equal(30, kept.Spread.Catalogue);
        Assert.Contains("report", run.Json.GetProperty("phaseSeconds").EnumerateObject().Select(p => p.Name));

        var report = (await log.JobAsync("insights", "--placement", "home", "--items", "1")).Json;
        Assert.Equal(80, report.GetProperty("total").GetProperty("served").GetInt32());
        Assert.Equal(1, report.GetProperty("items").GetProperty("top").GetArrayLength());
        Assert.Equal(runId, report.GetProperty("runs")[0].GetProperty("runId").GetString());
        Assert.Equal(0, (await log.JobAsync("insights", "--placement", "elsewhere")).Json.GetProperty("total").GetProperty("served").GetInt32());
    }

    [Fact]
    public async Task The_table_for_people_has_every_part_and_a_bad_window_is_refused()
    {
        var log = new SmallLog(emulator);
        await log.Storage.EnsureCreatedAsync();
        await ServeAsync(log, slates: 300);
        var table = (await log.TableAsync("insights")).Output;
        foreach (var part in new[] { "P(interacted | served)", "by rank", "by item", "calibration of sasrec", "spread", "how much to explore", "temperature" })
        {
            Assert.Contains(part, table, StringComparison.Ordinal);
        }

        Assert.All(table.Split('\n'), line => Assert.DoesNotContain("NaN", line, StringComparison.Ordinal));
        Assert.Equal(ExitCode.Usage, (await log.JobAsync("insights", "--days", "0")).Code);
    }

    /// <summary>Slates of two, an hour ago; of every second the first item is acted on.</summary>
    static async Task ServeAsync(SmallLog log, int slates)
    {
        var hourAgo = new ManualTime(DateTimeOffset.UtcNow.AddHours(-1));
        var served = Enumerable.Range(0, slates).Select(i => new Impression
        {
            RecommendationId = RecommendationId.New(hourAgo),
            UserId = $"user-{i % 60}-ü",
            Placement = "home",
            ServedAt = hourAgo.GetUtcNow().AddSeconds(5 * i),
            ModelVersion = "m",
            Recommender = "sasrec",
            Temperature = 0.5,
            Epsilon = 0.1,
            Seed = 0,
            EligibleCount = 30,
            Items = [new ServedItem($"item {i % 30}", 1, i % 7, 0.2, false), new ServedItem($"item {(i + 1) % 30}", 2, i % 5, 0.3, false)],
        }).ToArray();
        await new ImpressionLog(log.Storage).AppendAsync(served);
        await new InteractionLog(log.Storage).AppendAsync([.. served.Where((_, i) => i % 2 == 0).Select((slate, i) => new Interaction
        {
            EventId = $"click {i}",
            UserId = slate.UserId!,
            ItemId = slate.Items[0].ItemId,
            Timestamp = slate.ServedAt.AddSeconds(1),
            RecommendationId = slate.RecommendationId,
        })]);
    }
}
