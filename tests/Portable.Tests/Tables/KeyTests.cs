using Azure.Data.Tables;
using static Azure.Data.Tables.TableTransactionActionType;

namespace SasRec.Portable.Tests.Tables;

public class KeyTests(StorageEmulator storage) : TableTests(storage)
{
    public static TheoryData<string> OddKeys =>
    [
        "it's", "''", "100%", "%27", "%2F", "a+b", "a b", " lead", "a=b&c=d", "a,b", "a;b", "a:b@c", "(x)", "\"q\"", "a.b..", "..",
        "~!$*[]{}|^`<>", "日本語", "عربى", "é", "e\u0301", "🎸", "👩‍👩‍👧", new string('k', 500),
    ];

    [Theory]
    [MemberData(nameof(OddKeys))]
    public async Task Any_key_is_written_found_changed_and_deleted(string key)
    {
        var table = await NewTableAsync();

        await table.AddEntityAsync(new TableEntity(key, key) { ["A"] = 1 });
        await table.UpsertEntityAsync(new TableEntity(key, key) { ["A"] = 2 }, TableUpdateMode.Replace);
        await table.UpsertEntityAsync(new TableEntity(key, key) { ["B"] = 3 });
        var read = (await table.GetEntityAsync<TableEntity>(key, key)).Value;
        var stored = Assert.Single(await AllAsync(table));

        Assert.Equal((key, key, 2, 3), (read.PartitionKey, read.RowKey, read.GetInt32("A"), read.GetInt32("B")));
        Assert.Equal((key, key), (stored.PartitionKey, stored.RowKey));
        Assert.Equal(204, (await table.DeleteEntityAsync(key, key)).Status);
        Assert.Empty(await AllAsync(table));
    }

    [Theory]
    [MemberData(nameof(OddKeys))]
    public async Task Any_key_may_stand_in_a_transaction(string key)
    {
        var table = await NewTableAsync();
        TableEntity odd = new(key, key), plain = new(key, "2");

        await table.SubmitTransactionAsync([new(Add, odd), new(UpsertReplace, plain)]);
        await table.SubmitTransactionAsync([new(UpsertReplace, new TableEntity(key, key) { ["A"] = 2 })]);

        var stored = await AllAsync(table);
        Assert.Equal([(key, 2), ("2", null)], stored.OrderByDescending(e => e.GetInt32("A")).Select(e => (e.RowKey, e.GetInt32("A"))));
        Assert.All(stored, e => Assert.Equal(key, e.PartitionKey));
        await table.SubmitTransactionAsync([new(Delete, odd), new(Delete, plain)]);
        Assert.Empty(await AllAsync(table));
    }
}
