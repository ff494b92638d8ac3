using Azure.Data.Tables;

namespace SasRec.Storage.Tests;

public class TableKeyTests(StorageEmulator emulator)
{
    public static TheoryData<string> Ids =>
    [
        "user-1", "A_b.c-9", "a/b\\c#d?e", "100%", "~", "~~", "~0041", "~~0041", "it's", "a b+c&d", "tab\tnewline\n", "\0", "\u007f\u0085",
        "Łódź", "名前", "имя", "مستخدم", "😀", "e\u0301", "\u00e9", "..", "'", "''", "\"quoted\"", "\u2028", "{}", "a,b;c=d", "\ud800",
    ];

    [Theory]
    [MemberData(nameof(Ids))]
    public void An_id_comes_back_from_its_key(string id) => Assert.Equal(id, TableKey.Decode(TableKey.Encode(id)));

    [Fact]
    public void Two_ids_never_share_a_key()
    {
        string[] long256 = [new(
            '/', 256), new string('/', 255) + "?", string.Concat(Enumerable.Repeat("😀", 128)), new('x', 256), new('名', 256)];
        var ids = Ids.Select(row => row.Data).Concat(long256).ToArray();
        Assert.Equal(ids.Length, ids.Select(TableKey.Encode).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Plain_ids_stand_for_themselves() => Assert.Equal("Łódź_名.42-x", TableKey.Encode("Łódź_名.42-x"));

    [Fact]
    public void What_tables_forbid_is_escaped() => Assert.Equal("a~002fb~0023~0025~007e", TableKey.Encode("a/b#%~"));

    [Fact]
    public void A_key_is_never_longer_than_tables_take()
    {
        foreach (var c in "/x名~\ud83d")
        {
            Assert.InRange(TableKey.Encode(new string(c, 256)).Length, 1, TableKey.MaxLength);
        }

        Assert.Null(TableKey.Decode(TableKey.Encode(new string('/', 256))));
    }

    [Theory]
    [InlineData("~")]
    [InlineData("a~12")]
    [InlineData("~zzzz")]
    public void What_is_no_key_is_refused(string key) => Assert.Throws<FormatException>(() => TableKey.Decode(key));

    [Fact]
    public async Task Every_key_is_found_again_on_the_wire()
    {
        var storage = await Accounts.NewAsync(emulator);
        var table = storage.Table(Names.InteractionsTable);
        var cancellation = TestContext.Current.CancellationToken;
        foreach (var id in Ids.Select(row => row.Data))
        {
            var key = TableKey.Encode(id);
            await table.UpsertEntityAsync(
                new TableEntity(key, "row") { ["Id"] = TableKey.Encode(id) }, TableUpdateMode.Replace, cancellation);
            await table.SubmitTransactionAsync(
                [new(TableTransactionActionType.UpsertReplace, new TableEntity(key, "a")), new(
                    TableTransactionActionType.UpsertReplace, new TableEntity(key, "b"))],
                cancellation);
        }

        foreach (var id in Ids.Select(row => row.Data))
        {
            var found = await table.QueryAsync<TableEntity>(
                TableClient.CreateQueryFilter($"PartitionKey eq {TableKey.Encode(id)}")).ToListAsync();
            Assert.Equal(["a", "b", "row"], found.Select(r => r.RowKey));
            Assert.Equal(id, TableKey.Decode(found[^1].GetString("Id")!));
        }
    }
}
