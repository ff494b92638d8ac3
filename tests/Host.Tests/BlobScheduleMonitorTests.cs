using Azure.Storage.Blobs;
using Microsoft.Azure.WebJobs.Extensions.Timers;
using NCrontab;
using SasRec.Host.Listeners;

namespace SasRec.Host.Tests;

public class BlobScheduleMonitorTests(StorageEmulator storage)
{
    static readonly DateTime Noon = new(2026, 1, 15, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task A_timer_that_never_ran_has_no_record_and_one_that_ran_has_its_last()
    {
        var container = new BlobContainerClient(storage.ConnectionString, StorageEmulator.Unique());
        var monitor = new BlobScheduleMonitor(container, "host");
        Assert.Null(await monitor.GetStatusAsync("hourly"));

        await monitor.UpdateStatusAsync("hourly", new ScheduleStatus { Last = Noon, Next = Noon.AddHours(1), LastUpdated = Noon });

        var kept = await new BlobScheduleMonitor(container, "host").GetStatusAsync("hourly");
        Assert.Equal((Noon, Noon.AddHours(1), Noon), (kept!.Last, kept.Next, kept.LastUpdated));
        Assert.Null(await new BlobScheduleMonitor(container, "another host").GetStatusAsync("hourly"));
    }

    [Fact]
    public async Task An_occurrence_that_passed_while_no_host_ran_is_past_due()
    {
        var monitor = new BlobScheduleMonitor(new BlobContainerClient(storage.ConnectionString, StorageEmulator.Unique()), "host");
        var status = new ScheduleStatus { Last = Noon, Next = Noon.AddHours(1), LastUpdated = Noon };
        await monitor.UpdateStatusAsync("hourly", status);
        var hourly = new CronSchedule(CrontabSchedule.Parse("0 0 * * * *", new CrontabSchedule.ParseOptions { IncludingSeconds = true }));

        Assert.Equal(TimeSpan.FromHours(1.5), await monitor.CheckPastDueAsync("hourly", Noon.AddHours(2.5), hourly, status));
        Assert.Equal(TimeSpan.Zero, await monitor.CheckPastDueAsync("hourly", Noon.AddMinutes(30), hourly, status));
    }
}
