using System.Runtime.CompilerServices;

namespace SasRec.Storage.Log;

/// <summary>Makes one ordered sequence of several.</summary>
static class OrderedMerge
{
    /// <summary>Every element of some sequences, in the order of their keys; the first of each are asked for at once.</summary>
    /// <param name="sources">The sequences, each in the order of its keys.</param>
    /// <param name="key">What orders them, ordinally.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static async IAsyncEnumerable<T> MergedAsync<T>(
        this IEnumerable<IAsyncEnumerable<T>> sources, Func<T, string> key, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var open = sources.Select(source => source.GetAsyncEnumerator(cancellation)).ToArray();
        try
        {
            var found = await Task.WhenAll(open.Select(async source => await source.MoveNextAsync()));
            var next = new PriorityQueue<IAsyncEnumerator<T>, string>(StringComparer.Ordinal);
            next.EnqueueRange(open.Where((_, i) => found[i]).Select(source => (source, key(source.Current))));
            while (next.TryDequeue(out var source, out _))
            {
                yield return source.Current;
                if (await source.MoveNextAsync())
                {
                    next.Enqueue(source, key(source.Current));
                }
            }
        }
        finally
        {
            foreach (var source in open)
            {
                await source.DisposeAsync();
            }
        }
    }
}
