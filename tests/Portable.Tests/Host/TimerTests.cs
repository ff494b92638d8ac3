using System.Globalization;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Azure.Functions.Worker;

namespace SasRec.Portable.Tests.Host;

public class TimerTests(StorageEmulator storage)
{
    readonly ManualTime time = new();
    readonly string hostId = StorageEmulator.Unique("h");

    [Fact]
    public async Task A_timer_fires_at_each_occurrence_and_not_before()
    {
        await using var host = await StartAsync(typeof(Monitored), "0 30 * * * *");
        await PassAsync(until: "12:29:59", due: "12:30:00");
        Assert.Empty(host.Seen.All);
        await PassAsync(until: "12:30:00", due: "12:30:00");
        Assert.Equal("12:30:00 on time", await host.Seen.NextAsync());
        await PassAsync(until: "13:30:00", due: "13:30:00");
        Assert.Equal("13:30:00 on time", await host.Seen.NextAsync());
        Assert.Equal(2, host.Seen.All.Count);
    }

    [Theory]
    [InlineData("00:05:00", "12:05:00")]
    [InlineData("*/20 * * * * *", "12:00:20")]
    [InlineData("*/20 * * * *", "12:20:00")]
    [InlineData("0 15 13 * * Thu", "13:15:00")]
    public async Task Intervals_and_NCRONTAB_are_schedules(string schedule, string first)
    {
        await using var host = await StartAsync(typeof(AnyTimer), schedule);
        await PassAsync(until: first, due: first);
        Assert.Equal($"{first} on time", await host.Seen.NextAsync());
    }

    [Fact]
    public async Task The_record_of_a_run_names_the_last_and_the_next_occurrence()
    {
        await using var host = await StartAsync(typeof(Monitored), "0 0 15 * * *");
        await PassAsync(until: "15:00:00", due: "15:00:00");
        await host.Seen.NextAsync();

        var status = await RecordedAsync(nameof(Monitored), s => s.Last != default);
        Assert.Equal(At("15:00:00").UtcDateTime, status.Last);
        Assert.Equal(At("15:00:00").UtcDateTime.AddDays(1), status.Next);
        Assert.Equal(At("15:00:00").UtcDateTime, status.LastUpdated);
    }

    [Fact]
    public async Task An_occurrence_that_passed_while_no_host_ran_is_made_up_for_once()
    {
        await using (await StartAsync(typeof(Monitored), "0 0 * * * *"))
        {
            await WaitingAsync("13:00:00");
        }

        time.Advance(TimeSpan.FromHours(5.5));
        await using var host = await StartAsync(typeof(Monitored), "0 0 * * * *");
        Assert.Equal("17:30:00 past due", await host.Seen.NextAsync());
        await PassAsync(until: "18:00:00", due: "18:00:00");
        Assert.Equal("18:00:00 on time", await host.Seen.NextAsync());
        Assert.Equal(2, host.Seen.All.Count);
    }

    [Fact]
    public async Task Without_a_missed_occurrence_a_restart_fires_nothing()
    {
        await using (await StartAsync(typeof(Monitored), "0 0 * * * *"))
        {
            await WaitingAsync("13:00:00");
        }

        time.Advance(TimeSpan.FromMinutes(59));
        await using var host = await StartAsync(typeof(Monitored), "0 0 * * * *");
        await WaitingAsync("13:00:00");
        Assert.Empty(host.Seen.All);
    }

    [Fact]
    public async Task Without_a_monitor_nothing_is_kept_or_made_up_for()
    {
        await using (await StartAsync(typeof(Unmonitored), "0 0 * * * *"))
        {
            await WaitingAsync("13:00:00");
        }

        time.Advance(TimeSpan.FromHours(5.5));
        await using var host = await StartAsync(typeof(Unmonitored), "0 0 * * * *");
        await PassAsync(until: "18:00:00", due: "18:00:00");
        Assert.Equal("18:00:00 on time", await host.Seen.NextAsync());
        Assert.Single(host.Seen.All);
        Assert.False(await Status(nameof(Unmonitored)).ExistsAsync());
    }

    [Fact]
    public async Task RunOnStartup_runs_at_the_start_and_then_on_schedule()
    {
        await using var host = await StartAsync(typeof(AtStart), "0 0 * * * *");
        Assert.Equal("12:00:00 on time", await host.Seen.NextAsync());
        await PassAsync(until: "13:00:00", due: "13:00:00");
        Assert.Equal("13:00:00 on time", await host.Seen.NextAsync());
    }

    [Fact]
    public async Task A_failure_is_logged_and_the_next_occurrence_runs()
    {
        await using var host = await StartAsync(typeof(Failing), "0 0 * * * *");
        await PassAsync(until: "13:00:00", due: "13:00:00");
        Assert.Equal("tried", await host.Seen.NextAsync());
        await PassAsync(until: "14:00:00", due: "14:00:00");
        Assert.Equal("tried", await host.Seen.NextAsync());
        Assert.Contains(host.Log, line => line.StartsWith("Error Function.Failing", StringComparison.Ordinal) && line.Contains("no luck", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_two_hosts_one_fires_and_the_other_takes_over_when_it_stops()
    {
        await using var first = await StartAsync(typeof(Monitored), "0 0 * * * *");
        await WaitingAsync("13:00:00");
        await using var second = await StartAsync(typeof(Monitored), "0 0 * * * *");
        await WaitingAsync("12:00:15");

        await PassAsync(until: "13:00:00", due: "13:00:00");
        Assert.Equal("13:00:00 on time", await first.Seen.NextAsync());
        await RecordedAsync(nameof(Monitored), s => s.Last.Hour == 13);
        await WaitingAsync("13:00:15");
        await first.StopAsync(TimeSpan.FromSeconds(5));

        await PassAsync(until: "13:00:15", due: "13:00:15");
        await PassAsync(until: "14:00:00", due: "14:00:00");
        Assert.Equal("14:00:00 on time", await second.Seen.NextAsync());
        Assert.Single(first.Seen.All);
        Assert.Single(second.Seen.All);
    }

    [Fact]
    public async Task A_host_that_loses_its_lease_fires_no_more()
    {
        await using var host = await StartAsync(typeof(Monitored), "0 0 * * * *");
        await WaitingAsync("13:00:00");
        var lease = Container().GetBlobClient($"locks/{hostId}/{nameof(Monitored)}.Listener").GetBlobLeaseClient();
        await lease.BreakAsync(TimeSpan.Zero);
        await lease.AcquireAsync(TimeSpan.FromSeconds(60));

        time.Advance(TimeSpan.FromSeconds(20));
        await Wait.UntilAsync(() => host.Log.Any(line => line.Contains("lost its lease", StringComparison.Ordinal)), "the loss is noticed");
        time.Advance(TimeSpan.FromHours(3));
        await WaitingAsync("15:00:35");
        Assert.Empty(host.Seen.All);
    }

    [Fact]
    public async Task Stopping_cancels_a_timer_that_runs_and_its_run_is_made_up_for()
    {
        await using (var host = await StartAsync(typeof(Patient), "0 0 * * * *"))
        {
            await PassAsync(until: "13:00:00", due: "13:00:00");
            Assert.Equal("on time", await host.Seen.NextAsync());
            await host.StopAsync(TimeSpan.FromSeconds(20));
            Assert.Equal("cancelled", await host.Seen.NextAsync());
        }

        await using var again = await StartAsync(typeof(Patient), "0 0 * * * *");
        Assert.Equal("past due", await again.Seen.NextAsync());
    }

    async Task<RunningHost> StartAsync(Type function, string schedule) => await RunningHost.StartAsync(
        function,
        new()
        {
            ["AzureWebJobsStorage"] = storage.ConnectionString,
            ["AzureFunctionsWebHost:hostid"] = hostId,
            ["Schedule"] = schedule,
        },
        // Hosts here share a clock that leaps, storage does not: leases must outlast the test by storage's clock.
        hostJson: """{ "version": "2.0", "singleton": { "listenerLockPeriod": "00:01:00" } }""",
        time: time);

    BlobContainerClient Container() => new(storage.ConnectionString, "azure-webjobs-hosts");

    BlobClient Status(string function) => Container().GetBlobClient($"timers/{hostId}/{function}/status");

    /// <summary>Waits until the timer's record says so, and so until the host has written it.</summary>
    async Task<ScheduleStatus> RecordedAsync(string function, Func<ScheduleStatus, bool>? says = null)
    {
        ScheduleStatus? found = null;
        await Wait.UntilAsync(
            async () =>
            {
                found = await Status(function).ExistsAsync()
                    ? (await Status(function).DownloadContentAsync()).Value.Content.ToObjectFromJson<ScheduleStatus>()
                    : null;
                return found is not null && (says?.Invoke(found) ?? true);
            },
            "the timer's record says so");
        return found!;
    }

    static DateTimeOffset At(string clock) => DateTimeOffset.Parse($"2026-01-15T{clock}Z", CultureInfo.InvariantCulture);

    /// <summary>Waits until something waits for this moment.</summary>
    Task WaitingAsync(string due) => Wait.UntilAsync(() => time.Due.Contains(At(due)), $"something is due at {due}");

    async Task PassAsync(string until, string due)
    {
        await WaitingAsync(due);
        time.Advance(At(until) - time.GetUtcNow());
    }

    internal sealed class Monitored(Seen seen, TimeProvider clock)
    {
        [Function("Monitored")]
        public void Run([TimerTrigger("%Schedule%")] TimerInfo timer)
        {
            Assert.NotNull(timer.ScheduleStatus);
            seen.Note($"{clock.GetUtcNow():HH:mm:ss} {(timer.IsPastDue ? "past due" : "on time")}");
        }
    }

    internal sealed class AnyTimer(Seen seen, TimeProvider clock)
    {
        [Function("AnyTimer")]
        public void Run([TimerTrigger("%Schedule%")] TimerInfo timer) => seen.Note($"{clock.GetUtcNow():HH:mm:ss} {(timer.IsPastDue ? "past due" : "on time")}");
    }

    internal sealed class Unmonitored(Seen seen, TimeProvider clock)
    {
        [Function("Unmonitored")]
        public void Run([TimerTrigger("%Schedule%", UseMonitor = false)] TimerInfo timer)
        {
            Assert.Null(timer.ScheduleStatus);
            seen.Note($"{clock.GetUtcNow():HH:mm:ss} {(timer.IsPastDue ? "past due" : "on time")}");
        }
    }

    internal sealed class AtStart(Seen seen, TimeProvider clock)
    {
        [Function("AtStart")]
        public void Run([TimerTrigger("%Schedule%", RunOnStartup = true)] TimerInfo timer) =>
            seen.Note($"{clock.GetUtcNow():HH:mm:ss} {(timer.IsPastDue ? "past due" : "on time")}");
    }

    internal sealed class Failing(Seen seen)
    {
        [Function("Failing")]
        public Task Run([TimerTrigger("%Schedule%")] TimerInfo timer)
        {
            seen.Note("tried");
            throw new InvalidOperationException("no luck");
        }
    }

    internal sealed class Patient(Seen seen)
    {
        [Function("Patient")]
        public async Task Run([TimerTrigger("%Schedule%")] TimerInfo timer, CancellationToken cancellation)
        {
            seen.Note(timer.IsPastDue ? "past due" : "on time");
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            }
            finally
            {
                seen.Note("cancelled");
            }
        }
    }
}
