using Azure.Data.Tables;

namespace SasRec.Portable.Tests.Tables;

/// <summary>What the tests against the storage emulator share.</summary>
public abstract class TableTests(StorageEmulator storage)
{
    protected TableServiceClient Service { get; } = new(storage.ConnectionString);

    protected async Task<TableClient> NewTableAsync()
    {
        var table = Service.GetTableClient(StorageEmulator.Unique());
        await table.CreateIfNotExistsAsync();
        return table;
    }

    protected static async Task<List<T>> ListAsync<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items)
        {
            list.Add(item);
        }

        return list;
    }

    protected static Task<List<TableEntity>> AllAsync(TableClient table) => ListAsync(table.QueryAsync<TableEntity>());
}
