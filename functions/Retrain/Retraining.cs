using SasRec.Storage.Deletions;
using SasRec.Storage.Telemetry;
using SasRec.Storage.Training;

namespace SasRec.Functions.Retrain;

/// <summary>Decides whether there is enough new data for a run, or a deletion that waits for one, and starts it.</summary>
sealed class Retraining(
    RetrainOptions options, RetrainSchedule schedule, SnapshotStore snapshots, DeletionLog deletions, ITrainerLauncher launcher, TimeProvider clock)
{
    /// <summary>The decision; null where a run is in progress already.</summary>
    /// <param name="trigger">What asks: "timer" or "http".</param>
    /// <param name="force">Whether to start even without new data.</param>
    /// <param name="cancellation">Ends the call, not the run.</param>
    /// <exception cref="InvalidOperationException">No job can be started here; the message says why.</exception>
    public async Task<RetrainDecision?> StartAsync(string trigger, bool force, CancellationToken cancellation)
    {
        using var span = Instruments.Source.StartActivity(Spans.StartRun)?.SetTag(Attributes.Trigger, trigger);
        await launcher.SettleAsync(cancellation);
        var found = await snapshots.CountNewAsync(cancellation);
        if (!force && found < options.MinimumNewEvents && !await IsDeletionDueAsync(cancellation))
        {
            return new RetrainDecision(false, null, found, options.MinimumNewEvents);
        }

        var runId = await launcher.TryStartAsync(trigger, cancellation);
        span?.SetTag(Attributes.RunId, runId);
        return runId is null ? null : new RetrainDecision(true, runId, found, options.MinimumNewEvents);
    }

    /// <summary>When the timer asks next, and what it would find now.</summary>
    public async Task<RetrainOutlook> OutlookAsync(CancellationToken cancellation)
    {
        var found = await snapshots.CountNewAsync(cancellation);
        var deletionDue = await IsDeletionDueAsync(cancellation);
        return new RetrainOutlook(
            schedule.NextAfter(clock.GetUtcNow()), found, options.MinimumNewEvents, deletionDue, found >= options.MinimumNewEvents || deletionDue);
    }

    /// <summary>Whether a user who was deleted long ago is still in the training snapshot: only a run writes it anew.</summary>
    ValueTask<bool> IsDeletionDueAsync(CancellationToken cancellation)
    {
        var due = clock.GetUtcNow() - options.DeletionsWithin;
        return deletions.UnderWayAsync(cancellation).AnyAsync(d => d.Snapshot.DoneAt is null && d.RequestedAt <= due, cancellation);
    }
}

/// <summary>Whether a run was started, and the figures behind it.</summary>
/// <param name="Started">Whether it was.</param>
/// <param name="RunId">The run that was started.</param>
/// <param name="NewEvents">How many interactions are new since the last training snapshot.</param>
/// <param name="MinimumNewEvents">How many are wanted before a run starts by itself.</param>
sealed record RetrainDecision(bool Started, string? RunId, long NewEvents, long MinimumNewEvents);

/// <summary>When the next run is due, and what it lacks.</summary>
/// <param name="NextAt">When the timer asks next, in UTC; null where the schedule cannot be told.</param>
/// <param name="NewEvents">How many interactions are new since the last training snapshot.</param>
/// <param name="MinimumNewEvents">How many are wanted before a run starts by itself.</param>
/// <param name="DeletionDue">Whether a deletion waits for a run, which then starts however little is new.</param>
/// <param name="WouldStart">Whether a run would start if the timer asked now.</param>
sealed record RetrainOutlook(DateTimeOffset? NextAt, long NewEvents, long MinimumNewEvents, bool DeletionDue, bool WouldStart);
