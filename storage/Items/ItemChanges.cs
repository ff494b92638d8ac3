using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure.Data.Tables;
using SasRec.Core.Items;
using SasRec.Storage.Log;

namespace SasRec.Storage.Items;

/// <summary>One item as a write left it.</summary>
/// <param name="Id">Which.</param>
/// <param name="Item">What it is now; null where it was deleted.</param>
public sealed record ItemChange(string Id, CatalogueItem? Item);

/// <summary>What changed in the catalogue of late: a row for each write, keyed by its time.</summary>
/// <remarks>Only followers read it (<see cref="ItemFollower"/>), and only its end; rows older than <see cref="KeptFor"/> are removed.</remarks>
sealed class ItemChanges
{
    const string Partition = "changes";

    /// <summary>How long a change is kept: a follower that was away for longer reads the whole catalogue again.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(2);

    // Before compression, which makes hardly anything longer.
    const int MaxBlockBytes = DataColumns.MaxBytes * 3 / 4;

    readonly TableClient table;
    readonly TimedRows timed;
    readonly int parallelism;

    public ItemChanges(StorageConnection storage)
    {
        table = storage.Table(Names.ItemChangesTable);
        timed = new TimedRows(table, storage.Options, storage.Time);
        parallelism = storage.Options.Parallelism;
    }

    public Task<DateTimeOffset> ServerTimeAsync(CancellationToken cancellation) => timed.ServerTimeAsync(cancellation);

    public async Task AppendAsync(IReadOnlyList<ItemChange> changes, CancellationToken cancellation)
    {
        foreach (var block in Blocks(changes))
        {
            var data = Pack(block);
            await timed.WriteAsync(
                at => (Partition, $"{FeedKey.Time(at)}-{Guid.NewGuid():N}"), row => DataColumns.Write(row, data), cancellation);
        }
    }

    /// <summary>The keys of the changes that are newer than a time.</summary>
    public async IAsyncEnumerable<string> KeysAsync(DateTimeOffset after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var first = FeedKey.Time(after);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey gt {first}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, select: [nameof(ITableEntity.RowKey)], cancellationToken: cancellation))
        {
            yield return row.RowKey;
        }
    }

    /// <summary>What one write changed.</summary>
    public async Task<IReadOnlyList<ItemChange>> ReadAsync(string key, CancellationToken cancellation)
    {
        var row = await table.GetEntityAsync<TableEntity>(Partition, key, cancellationToken: cancellation);
        using var json = new BrotliStream(new MemoryStream(DataColumns.Read(row.Value)), CompressionMode.Decompress);
        return JsonSerializer.Deserialize(json, ItemJson.Compact.ListItemChange)!;
    }

    /// <summary>Removes what nobody reads any more.</summary>
    public async Task RemoveOldAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var last = FeedKey.Time(now - KeptFor);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey lt {last}");
        string[] keys = [nameof(ITableEntity.PartitionKey), nameof(ITableEntity.RowKey)];
        var rows = new List<TableEntity>();
        await foreach (var row in table.QueryAsync<TableEntity>(filter, select: keys, cancellationToken: cancellation))
        {
            rows.Add(row);
        }

        await table.DeleteAllAsync(rows, parallelism, cancellation);
    }

    static IEnumerable<List<ItemChange>> Blocks(IReadOnlyList<ItemChange> changes)
    {
        var (block, bytes) = (new List<ItemChange>(), 0);
        foreach (var change in changes)
        {
            var size = change.Item is { } item ? JsonSerializer.SerializeToUtf8Bytes(item, ItemJson.Compact.CatalogueItem).Length : 0;
            size += 32 + (change.Id.Length * 3);
            if (block.Count > 0 && bytes + size > MaxBlockBytes)
            {
                yield return block;
                (block, bytes) = ([], 0);
            }

            block.Add(change);
            bytes += size;
        }

        yield return block;
    }

    static byte[] Pack(List<ItemChange> changes)
    {
        using var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            JsonSerializer.Serialize(brotli, changes, ItemJson.Compact.ListItemChange);
        }

        return compressed.ToArray();
    }
}
