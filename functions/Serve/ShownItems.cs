using System.Collections.Concurrent;
using SasRec.Core.Events;
using SasRec.Storage.Log;

namespace SasRec.Functions.Serve;

/// <summary>What the pages of a list have shown so far: a slate, the slate before it, and so on.</summary>
/// <remarks>A slate takes a moment to its row in the log. This instance remembers the newest that it served itself; for those of other
/// instances it asks the log for a while.</remarks>
sealed class ShownItems(ImpressionLog log, TimeProvider clock)
{
    /// <summary>The most pages that are looked back.</summary>
    public const int MaxPages = 100;

    const int MaxRemembered = 10_000;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2), Pause = TimeSpan.FromMilliseconds(200);

    readonly ConcurrentDictionary<string, Page> pages = new(StringComparer.Ordinal);
    readonly ConcurrentQueue<string> order = new();

    /// <summary>Remembers a slate.</summary>
    public void Remember(Impression impression)
    {
        if (pages.TryAdd(impression.RecommendationId, Page.Of(impression)))
        {
            order.Enqueue(impression.RecommendationId);
        }

        while (order.Count > MaxRemembered && order.TryDequeue(out var oldest))
        {
            pages.TryRemove(oldest, out _);
        }
    }

    /// <summary>The items of a slate and of those before it; null where one of them cannot be found.</summary>
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    public async Task<IReadOnlyList<string>?> UpToAsync(string recommendationId, CancellationToken cancellation)
    {
        var shown = new List<string>();
        var id = recommendationId;
        for (var page = 0; id is not null && page < MaxPages; page++)
        {
            if (await FindAsync(id, cancellation) is not { } found)
            {
                return null;
            }

            shown.AddRange(found.Items);
            id = found.After;
        }

        return shown;
    }

    async Task<Page?> FindAsync(string id, CancellationToken cancellation)
    {
        for (var begun = clock.GetTimestamp(); ;)
        {
            if (pages.TryGetValue(id, out var known))
            {
                return known;
            }

            if (await log.GetAsync(id, cancellation) is { } impression)
            {
                return Page.Of(impression);
            }

            if (clock.GetElapsedTime(begun) > Patience)
            {
                return null;
            }

            await Task.Delay(Pause, clock, cancellation);
        }
    }

    /// <summary>What one slate showed, and the slate before it.</summary>
    sealed record Page(string[] Items, string? After)
    {
        public static Page Of(Impression impression) => new(
            [.. impression.Items.Select(item => item.ItemId), .. impression.Forced?.Select(item => item.ItemId) ?? []], impression.After);
    }
}
