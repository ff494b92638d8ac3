using SasRec.Storage.Deletions;
using SasRec.Storage.Models;
using SasRec.Storage.Telemetry;
using SasRec.Storage.Training;

namespace SasRec.Functions.Retrain;

/// <summary>Decides whether a training is worth it, or waited for by a deletion, or else a refresh of the model that serves; and starts it.</summary>
sealed class Retraining(
    RetrainOptions options, RetrainSchedule schedule, SnapshotStore snapshots, ModelRegistry registry, DeletionLog deletions, ITrainerLauncher launcher,
    TimeProvider clock)
{
    /// <summary>The decision; null where a run is in progress already.</summary>
    /// <param name="trigger">What asks: "timer" or "http".</param>
    /// <param name="force">Whether to start even without new data.</param>
    /// <param name="refresh">Whether to refresh and not to train; null decides by what is new.</param>
    /// <param name="cancellation">Ends the call, not the run.</param>
    /// <exception cref="InvalidOperationException">No job can be started here; the message says why.</exception>
    public async Task<RetrainDecision?> StartAsync(string trigger, bool force, bool? refresh, CancellationToken cancellation)
    {
        using var span = Instruments.Source.StartActivity(Spans.StartRun)?.SetTag(Attributes.Trigger, trigger);
        await launcher.SettleAsync(cancellation);
        var (now, isRefreshWorthIt) = await LookAsync(cancellation);
        var train = refresh != true && (force || now.WouldStart);
        var refreshes = !train && refresh != false && (force || isRefreshWorthIt);
        if (!train && !refreshes)
        {
            return new RetrainDecision(false, null, now.NewEvents, options.MinimumNewEvents, false);
        }

        var runId = await launcher.TryStartAsync(trigger, refreshes, cancellation);
        span?.SetTag(Attributes.RunId, runId);
        return runId is null ? null : new RetrainDecision(true, runId, now.NewEvents, options.MinimumNewEvents, refreshes);
    }

    /// <summary>When the timer asks next, and what it would find now.</summary>
    public async Task<RetrainOutlook> OutlookAsync(CancellationToken cancellation) => (await LookAsync(cancellation)).Outlook;

    /// <summary>The outlook, and whether a refresh is worth it even where a training is.</summary>
    async Task<(RetrainOutlook Outlook, bool IsRefreshWorthIt)> LookAsync(CancellationToken cancellation)
    {
        var snapshot = await snapshots.CurrentAsync(cancellation);
        var unread = await snapshots.CountNewAsync(snapshot, cancellation);
        var (found, now) = (snapshot.Untrained + unread, clock.GetUtcNow());
        var deletionDue = await IsDeletionDueAsync(cancellation);
        var isTime = snapshot.TrainedUpTo is not { } trained || now - trained >= options.MinimumInterval;
        var train = deletionDue || (isTime && found >= options.MinimumNewEvents);
        var refresh = unread >= options.RefreshMinimumNewEvents && await registry.CurrentAsync(cancellation) is not null;
        return (new RetrainOutlook(schedule.NextAfter(now), found, options.MinimumNewEvents, deletionDue, train, !train && refresh), refresh);
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
/// <param name="NewEvents">How many interactions are new since the last training.</param>
/// <param name="MinimumNewEvents">How many are wanted before a training starts by itself.</param>
/// <param name="Refresh">Whether the run trains nothing and refreshes the model that serves.</param>
sealed record RetrainDecision(bool Started, string? RunId, long NewEvents, long MinimumNewEvents, bool Refresh);

/// <summary>When the next run is due, and what it lacks.</summary>
/// <param name="NextAt">When the timer asks next, in UTC; null where the schedule cannot be told.</param>
/// <param name="NewEvents">How many interactions are new since the last training.</param>
/// <param name="MinimumNewEvents">How many are wanted before a training starts by itself.</param>
/// <param name="DeletionDue">Whether a deletion waits for a training, which then starts however little is new.</param>
/// <param name="WouldStart">Whether a training would start if the timer asked now.</param>
/// <param name="WouldRefresh">Whether the model that serves would be refreshed if the timer asked now.</param>
sealed record RetrainOutlook(
    DateTimeOffset? NextAt, long NewEvents, long MinimumNewEvents, bool DeletionDue, bool WouldStart, bool WouldRefresh);
