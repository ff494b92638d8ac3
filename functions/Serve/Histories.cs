using System.Collections.Concurrent;
using SasRec.Core.Events;
using SasRec.Storage.Log;

namespace SasRec.Functions.Serve;

/// <summary>The histories of users as requests need them: requests for one user within a moment share one read.</summary>
/// <remarks>A page asks for several slates of one user at once. What a read found is forgotten after <see cref="ServeOptions.HistoryShared"/>.</remarks>
sealed class Histories(ServeOptions options, InteractionLog log, TimeProvider clock)
{
    readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<Interaction>>>> reads = new(StringComparer.Ordinal);

    /// <summary>The newest interactions of a user, newest first.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="cancellation">Ends the wait, and not the read, for which others may wait.</param>
    public Task<IReadOnlyList<Interaction>> OfAsync(string userId, CancellationToken cancellation)
    {
        var begun = new Lazy<Task<IReadOnlyList<Interaction>>>(() => log.NewestAsync(userId, options.HistoryLength, CancellationToken.None));
        var read = reads.GetOrAdd(userId, begun);
        if (read == begun)
        {
            _ = ForgetLaterAsync(userId, read);
        }

        return read.Value.WaitAsync(cancellation);
    }

    /// <summary>Lets no later request have what was read until now.</summary>
    public void Forget(string userId) => reads.TryRemove(userId, out _);

    async Task ForgetLaterAsync(string userId, Lazy<Task<IReadOnlyList<Interaction>>> read)
    {
        // Whoever waits hears of a failure; the next request reads again.
        await ((Task)read.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (read.Value.IsCompletedSuccessfully)
        {
            await Task.Delay(options.HistoryShared, clock);
        }

        reads.TryRemove(KeyValuePair.Create(userId, read));
    }
}
