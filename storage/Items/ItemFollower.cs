using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using SasRec.Core.Items;

namespace SasRec.Storage.Items;

/// <summary>What a follower learned of the catalogue since it last asked.</summary>
/// <param name="Everything">Whether <paramref name="Items"/> is the whole catalogue and not only what changed.</param>
/// <param name="Items">By id; null for an item that was deleted.</param>
public sealed record ItemUpdate(bool Everything, IReadOnlyDictionary<string, CatalogueItem?> Items);

/// <summary>Keeps a copy of the catalogue up to date: everything first, then only what changed. For one caller at a time.</summary>
/// <remarks>
/// <para>Asking costs one request for the time and one for the keys of the changes of the last minute; what was seen before is not read again, so
/// the cost grows with the changes and not with the catalogue. Keys are within the margin M of the storage server's clock
/// (<c>TimedRows</c>), so going back by 2 M from the last look misses no change, however wrong the writers' clocks are.</para>
/// <para>Writers write the row first and the change behind it, so two that write one item at once may leave their changes in the other
/// order than their rows. An item of which another change of late said something else is therefore read from its row, which is the truth;
/// all others are taken from the change itself. Now and then everything is read again, which also finds what a writer wrote that died
/// before its change was known.</para>
/// </remarks>
public sealed class ItemFollower
{
    readonly ItemStore store;
    readonly ItemChanges changes;
    readonly StorageOptions options;
    readonly TimeSpan reloadInterval;

    readonly HashSet<string> seen = new(StringComparer.Ordinal); // Keys of changes within the window.
    readonly Dictionary<string, Named> named = new(StringComparer.Ordinal); // Items that changes named of late.
    DateTimeOffset? reached;
    DateTimeOffset loaded;

    /// <summary>Follows from the next call on.</summary>
    /// <param name="storage">The account.</param>
    /// <param name="store">The catalogue.</param>
    /// <param name="reloadInterval">After how long everything is read again.</param>
    public ItemFollower(StorageConnection storage, ItemStore store, TimeSpan reloadInterval)
    {
        ArgumentNullException.ThrowIfNull(storage);
        (this.store, this.reloadInterval) = (store, reloadInterval);
        (options, changes) = (storage.Options, new ItemChanges(storage));
    }

    /// <summary>What is new since the last call; null for nothing. A call that fails can be made again.</summary>
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    public async Task<ItemUpdate?> NextAsync(CancellationToken cancellation = default)
    {
        var now = await changes.ServerTimeAsync(cancellation);
        if (reached is not { } last || now - last > ItemChanges.KeptFor / 2 || now - loaded >= reloadInterval)
        {
            return await LoadAsync(now, cancellation);
        }

        var blocks = await UnseenAsync(last, cancellation);
        if (blocks.Count == 0)
        {
            Advance(now, blocks);
            return null;
        }

        var items = new ConcurrentDictionary<string, CatalogueItem?>(StringComparer.Ordinal);
        var disputed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var change in blocks.SelectMany(block => block.Changes))
        {
            var content = Content(change.Item);
            if (!named.TryGetValue(change.Id, out var before))
            {
                items[change.Id] = change.Item;
            }
            else if (before.Content != content)
            {
                disputed.Add(change.Id);
            }

            named[change.Id] = new Named(now, content);
        }

        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellation };
        try
        {
            await Parallel.ForEachAsync(disputed, parallel, async (id, token) => items[id] = await store.GetAsync(id, token));
        }
        catch
        {
            // What these changes said is noted and not told: begin anew.
            reached = null;
            throw;
        }

        foreach (var id in disputed)
        {
            named[id] = new Named(now, Content(items[id]));
        }

        Advance(now, blocks);
        return items.IsEmpty ? null : new ItemUpdate(false, items);
    }

    async Task<ItemUpdate> LoadAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        // Changes that are there before the scan are in what it reads; they only tell which items were written of late.
        seen.Clear();
        named.Clear();
        var blocks = await UnseenAsync(now, cancellation);
        var items = (await store.ScanAsync(cancellation)).ToDictionary(item => item.Id, CatalogueItem? (item) => item, StringComparer.Ordinal);
        if (reached is not null)
        {
            await changes.RemoveOldAsync(now, cancellation);
        }

        foreach (var change in blocks.SelectMany(block => block.Changes))
        {
            named[change.Id] = new Named(now, Content(items.GetValueOrDefault(change.Id)));
        }

        loaded = now;
        Advance(now, blocks);
        return new ItemUpdate(true, items);
    }

    async Task<IReadOnlyList<(string Key, IReadOnlyList<ItemChange> Changes)>> UnseenAsync(DateTimeOffset last, CancellationToken cancellation)
    {
        var keys = new List<string>();
        await foreach (var key in changes.KeysAsync(Window(last), cancellation))
        {
            if (!seen.Contains(key))
            {
                keys.Add(key);
            }
        }

        var blocks = new (string, IReadOnlyList<ItemChange>)[keys.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellation };
        await Parallel.ForAsync(0, blocks.Length, parallel, async (i, token) => blocks[i] = (keys[i], await changes.ReadAsync(keys[i], token)));
        return blocks;
    }

    void Advance(DateTimeOffset now, IReadOnlyList<(string Key, IReadOnlyList<ItemChange> Changes)> blocks)
    {
        seen.UnionWith(blocks.Select(block => block.Key));
        reached = now;
        var window = Log.FeedKey.Time(Window(now));
        seen.RemoveWhere(key => string.CompareOrdinal(key, window) <= 0);

        // Longer than a write can take, so that no change comes so late that the one it crossed is forgotten.
        foreach (var (id, last) in named)
        {
            if (now - last.At > 4 * options.FeedMargin)
            {
                named.Remove(id);
            }
        }
    }

    /// <summary>A fingerprint of what is said of an item.</summary>
    static UInt128 Content(CatalogueItem? item) => item is null
        ? UInt128.Zero
        : BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(item, ItemJson.Compact.CatalogueItem)));

    /// <summary>When a change last named an item, and what the item was taken to be.</summary>
    readonly record struct Named(DateTimeOffset At, UInt128 Content);

    DateTimeOffset Window(DateTimeOffset last) => last - (2 * options.FeedMargin);
}
