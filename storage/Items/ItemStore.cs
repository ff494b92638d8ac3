using System.Collections.Concurrent;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using SasRec.Core.Items;
using SasRec.Storage.Log;

namespace SasRec.Storage.Items;

/// <summary>The catalogue as it is kept: a row for each item, and for every change an entry in <see cref="ItemChanges"/>.</summary>
/// <remarks>
/// Items are spread over a fixed number of partitions by a hash of their ids, so that a large write is many transactions side by side. The
/// row is written first and the change behind it, so that who has seen the change finds the row. A writer that dies in between has not
/// completed; writing the same again does.
/// </remarks>
public sealed class ItemStore
{
    const int Shards = 16;

    // A transaction takes 4 MiB; an item is base64 of at most some 20 KiB of JSON.
    const int MaxBytes = 2 << 20;

    // The title of an item whose row cannot be read.
    const string Unreadable = "(cannot be read)";

    readonly TableClient table;
    readonly ItemChanges changes;
    readonly int parallelism;

    /// <summary>The catalogue of an account.</summary>
    public ItemStore(StorageConnection storage)
    {
        ArgumentNullException.ThrowIfNull(storage);
        table = storage.Table(Names.ItemsTable);
        changes = new ItemChanges(storage);
        parallelism = storage.Options.Parallelism;
    }

    /// <summary>The items whose rows the last <see cref="ScanAsync"/> could not read; they are withheld until they are put again.</summary>
    public IReadOnlyList<string> Damaged { get; private set; } = [];

    /// <summary>Puts items in the place of those with their ids.</summary>
    /// <param name="items">The items, each id once.</param>
    /// <param name="cancellation">Ends the call; what was not finished is finished when the same is put again.</param>
    /// <exception cref="RequestFailedException">Storage failed; putting the same again is safe.</exception>
    public async Task PutAsync(IReadOnlyList<CatalogueItem> items, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        var transactions = items.Select(Write).GroupBy(row => row.Row.PartitionKey).SelectMany(Transactions).ToArray();
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation };
        await Parallel.ForEachAsync(transactions, options, async (rows, token) =>
            await table.UpsertAllAsync(rows, token));
        await changes.AppendAsync([.. items.Select(item => new ItemChange(item.Id, item))], cancellation);
    }

    /// <summary>Deletes an item.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="RequestFailedException">Storage failed; deleting again is safe.</exception>
    public async Task<bool> DeleteAsync(string id, CancellationToken cancellation = default)
    {
        var (partition, row) = KeyOf(id);
        var response = await table.DeleteEntityAsync(partition, row, ETag.All, cancellation);

        // Also where the row is gone already: who deleted it may have died before the change was known.
        await changes.AppendAsync([new ItemChange(id, null)], cancellation);
        return response.Status != 404;
    }

    /// <summary>An item as it is kept now; null where the catalogue has none.</summary>
    public async Task<CatalogueItem?> GetAsync(string id, CancellationToken cancellation = default)
    {
        var (partition, row) = KeyOf(id);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(partition, row, cancellationToken: cancellation);
        return found.HasValue ? Read(found.Value!) : null;
    }

    /// <summary>Every item there is, in no particular order. A scan of the whole table, its partitions side by side.</summary>
    public async Task<IReadOnlyList<CatalogueItem>> ScanAsync(CancellationToken cancellation = default)
    {
        var shards = new List<CatalogueItem>[Shards];
        var unreadable = new ConcurrentBag<string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation };
        await Parallel.ForAsync(0, Shards, options, async (shard, token) =>
        {
            var partition = ShardName(shard);
            shards[shard] = [];
            await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {partition}"), cancellationToken: token))
            {
                shards[shard].Add(Read(row));
                if (shards[shard][^1] is { Title: Unreadable } stub)
                {
                    unreadable.Add(stub.Id);
                }
            }
        });
        Damaged = [.. unreadable.Order(StringComparer.Ordinal)];
        return [.. shards.SelectMany(shard => shard)];
    }

    static (TableEntity Row, int Bytes) Write(CatalogueItem item)
    {
        var (partition, key) = KeyOf(item.Id);
        var row = new TableEntity(partition, key);
        var data = JsonSerializer.SerializeToUtf8Bytes(item, ItemJson.Compact.CatalogueItem);
        DataColumns.Write(row, data);
        return (row, data.Length);
    }

    /// <summary>The item of a row; one that cannot be read may be withheld for all that is known, so it is.</summary>
    static CatalogueItem Read(TableEntity row)
    {
        try
        {
            return JsonSerializer.Deserialize(DataColumns.Read(row), ItemJson.Compact.CatalogueItem)!;
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            return new CatalogueItem { Id = TableKey.Decode(row.RowKey) ?? row.RowKey, Title = Unreadable, Available = false };
        }
    }

    static IEnumerable<List<TableEntity>> Transactions(IEnumerable<(TableEntity Row, int Bytes)> shard)
    {
        var (transaction, bytes) = (new List<TableEntity>(), 0);
        foreach (var (row, size) in shard)
        {
            if (transaction.Count == TableRows.MaxActions || (bytes += size) > MaxBytes)
            {
                yield return transaction;
                (transaction, bytes) = ([], size);
            }

            transaction.Add(row);
        }

        yield return transaction;
    }

    static (string Partition, string Row) KeyOf(string id) =>
        (ShardName(Convert.ToInt32(TableKey.ShortHash(id)[..1], 16)), TableKey.Encode(id));

    static string ShardName(int shard) => $"items-{shard:x}";
}
