using System.Collections.Concurrent;
using SasRec.Core.Events;
using SasRec.Functions.Http;
using SasRec.Functions.StorageAccount;
using SasRec.Storage.Log;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Serve;

/// <summary>The histories of users: from the log, or, where it does not answer in time, as this instance saw them last.</summary>
/// <remarks>A page asks for several slates of one user at once: requests for one user within a moment share one read. What a read found is
/// shared for <see cref="ServeOptions.HistoryShared"/>, and kept for times without storage.</remarks>
sealed class Histories(ServeOptions options, EventMeanings meanings, InteractionLog log, StorageBreaker breaker, TimeProvider clock)
{
    readonly ConcurrentDictionary<string, Lazy<Task<UserTaste>>> reads = new(StringComparer.Ordinal);
    readonly SeenHistories seen = new();

    /// <summary>What is known of a user.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="cancellation">Ends the wait, and not the read, for which others may wait.</param>
    public async Task<KnownTaste> OfAsync(string userId, CancellationToken cancellation)
    {
        var begun = new Lazy<Task<UserTaste>>(() => breaker.AskAsync(token => ReadAsync(userId, token), CancellationToken.None));
        var read = reads.GetOrAdd(userId, begun);
        if (read == begun)
        {
            _ = ForgetLaterAsync(userId, read);
        }

        try
        {
            return new KnownTaste(await read.Value.WaitAsync(options.HistoryTimeout, clock, cancellation), Degraded: false);
        }
        catch (Exception e) when (StorageFailure.Is(e))
        {
            Instruments.HistoriesMissed.Add(1);
            return new KnownTaste(seen.Find(userId), Degraded: true);
        }
    }

    /// <summary>Lets no later request have what was read until now.</summary>
    public void Forget(string userId)
    {
        reads.TryRemove(userId, out _);
        seen.Keep(userId, new UserTaste([], []));
    }

    async Task<UserTaste> ReadAsync(string userId, CancellationToken cancellation)
    {
        var taste = meanings.TasteOf(await log.NewestActionsAsync(userId, options.HistoryLength, cancellation));
        seen.Keep(userId, taste);
        return taste;
    }

    async Task ForgetLaterAsync(string userId, Lazy<Task<UserTaste>> read)
    {
        // Whoever waits hears of a failure, and so does the breaker; the next request reads again.
        await ((Task)read.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (read.Value.IsCompletedSuccessfully)
        {
            await Task.Delay(options.HistoryShared, clock);
        }

        reads.TryRemove(KeyValuePair.Create(userId, read));
    }
}

/// <summary>What is known of what a user did.</summary>
/// <param name="Taste">What the user did and turned down.</param>
/// <param name="Degraded">Whether the log did not answer, so that it is what was known before, or nothing.</param>
readonly record struct KnownTaste(UserTaste Taste, bool Degraded);
