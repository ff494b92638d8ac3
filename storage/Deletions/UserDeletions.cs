using SasRec.Storage.Log;
using SasRec.Storage.Messages;
using SasRec.Storage.Models;
using SasRec.Storage.Training;

namespace SasRec.Storage.Deletions;

/// <summary>Forgets users: begins a deletion, and takes those that are under way as far as they can go.</summary>
/// <remarks>
/// <para>A tombstone comes first, so that whatever of the user arrives from then on is dropped. Then go the history and the name on
/// slates; what was on its way, once the queues have drained; the snapshot, once a run has written it anew; its replaced copies, once
/// their time is over. At the end the first two are looked through once more, and the deletion lets go of the user's id.</para>
/// <para>Every step may be repeated, so a deletion that was interrupted goes on from its row.</para>
/// </remarks>
/// <param name="storage">The account.</param>
/// <param name="backups">How long replaced blobs can be restored.</param>
public sealed class UserDeletions(StorageConnection storage, TimeSpan backups)
{
    // Longer than any message is under way: what was accepted before is processed, waits where it is seen, or is in the poison queue.
    static readonly TimeSpan LongestProcessing = TimeSpan.FromMinutes(15);

    static readonly string[] Queues = [Names.InteractionsQueue, Names.ImpressionsQueue];

    readonly InteractionLog interactions = new(storage);
    readonly UserSlates slates = new(storage);
    readonly PoisonMessages poison = new(storage);
    readonly QueueDrain drain = new(storage);
    readonly SnapshotStore snapshots = new(storage);
    readonly ModelRegistry models = new(storage);
    readonly DeletionLog log = new(storage);

    DateTimeOffset Now => storage.Time.GetUtcNow();

    /// <summary>Begins to forget a user: when it returns, the history is gone, no listed slate names the user, and nothing comes back.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="cancellation">Ends the call; a deletion that has begun goes on without it.</param>
    public async Task<Deletion> BeginAsync(string userId, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);

        // The row first: a deletion that dies behind its tombstone must still be found.
        var deletion = new Deletion { DeletionId = RecommendationId.New(storage.Time), UserId = userId, RequestedAt = Now };
        await log.SaveAsync(deletion, cancellation);
        var upTo = await interactions.BuryAsync(userId, cancellation);
        deletion = deletion with
        {
            UpTo = upTo,
            History = deletion.History.Done(Now, await interactions.SweepAsync(userId, DateTimeOffset.MaxValue, cancellation)),
            Impressions = new DeletionStep(null, await slates.ForgetAsync(userId, upTo, cancellation)),
        };
        await log.SaveAsync(deletion, cancellation);
        return deletion;
    }

    /// <summary>Takes every deletion that is under way as far as it can go.</summary>
    /// <param name="cancellation">Ends the call between two steps.</param>
    /// <returns>How many are still under way; null where another process is at them.</returns>
    public async Task<int?> AdvanceAllAsync(CancellationToken cancellation = default)
    {
        await using var flight = await SingleFlight.TryAcquireAsync(storage, Names.DeletionLease, cancellation);
        if (flight is null)
        {
            return null;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, flight.Lost);
        var left = 0;
        await foreach (var deletion in log.UnderWayAsync(either.Token))
        {
            left += (await AdvanceAsync(deletion, either.Token)).IsComplete ? 0 : 1;
        }

        return left;
    }

    async Task<Deletion> AdvanceAsync(Deletion deletion, CancellationToken cancellation)
    {
        // Whoever began it may have died around its tombstone: another one does no harm.
        var user = deletion.UserId!;
        var upTo = deletion.UpTo ?? await interactions.BuryAsync(user, cancellation);
        deletion = deletion with { UpTo = upTo };

        if (deletion.History.DoneAt is null || deletion.Impressions.DoneAt is null)
        {
            deletion = await SweepAsync(deletion, user, upTo, cancellation);
        }

        if (deletion.Messages.DoneAt is null && await AreDrainedAsync(upTo, cancellation))
        {
            var removed = 0;
            foreach (var queue in Queues)
            {
                removed += await poison.ForgetUserAsync(queue, user, upTo, cancellation);
            }

            deletion = deletion with { Messages = deletion.Messages.Done(Now, removed) };
        }

        if (deletion.Snapshot.DoneAt is null && await snapshots.HasForgottenAsync(upTo, cancellation))
        {
            var versions = await models.ListAsync(int.MaxValue, cancellation);
            deletion = deletion with
            {
                Snapshot = deletion.Snapshot.Done(Now),
                ModelsTrainedBefore = [.. versions.Where(m => (m.Lineage?.ReadUpTo ?? m.CreatedAt) < upTo).Select(m => m.Version)],
            };
        }

        if (deletion.Snapshot.DoneAt + backups <= Now)
        {
            deletion = deletion with { Backups = deletion.Backups.Done(Now) };
        }

        if (deletion is { Messages.DoneAt: not null, Snapshot.DoneAt: not null, Backups.DoneAt: not null })
        {
            // What a worker that died had written behind the first sweep, before it looked for tombstones, or a run had just moved.
            deletion = await SweepAsync(deletion, user, upTo, cancellation) with { UserId = null, CompletedAt = Now };
        }

        await log.SaveAsync(deletion, cancellation);
        return deletion;
    }

    async Task<Deletion> SweepAsync(Deletion deletion, string user, DateTimeOffset upTo, CancellationToken cancellation)
    {
        var names = await slates.ForgetAsync(user, upTo, cancellation)
            + await slates.ForgetUnlistedAsync(user, cancellation);
        return deletion with
        {
            History = deletion.History.Done(Now, await interactions.SweepAsync(user, upTo, cancellation)),
            Impressions = deletion.Impressions.Done(Now, names),
        };
    }

    async Task<bool> AreDrainedAsync(DateTimeOffset upTo, CancellationToken cancellation)
    {
        foreach (var queue in Queues)
        {
            if (!await drain.IsPastAsync(queue, upTo, LongestProcessing, cancellation))
            {
                return false;
            }
        }

        return true;
    }
}
