using Azure;
using Azure.Data.Tables;
using static Azure.Data.Tables.TableTransactionActionType;

namespace SasRec.Portable.Tests.Tables;

public class TransactionTests(StorageEmulator storage) : TableTests(storage)
{
    static TableTransactionAction Act(TableTransactionActionType type, string row, int value = 0, ETag etag = default) =>
        new(type, new TableEntity("p", row) { ["A"] = value }, etag);

    static async Task<TableTransactionFailedException> FailAsync(TableClient table, params TableTransactionAction[] actions) =>
        await Assert.ThrowsAsync<TableTransactionFailedException>(() => table.SubmitTransactionAsync(actions));

    [Fact]
    public async Task A_hundred_entities_are_written_and_each_has_its_response()
    {
        var table = await NewTableAsync();
        var sent = Enumerable.Range(0, 100).Select(i => Visit.Full($"{i:D3}")).ToList();

        var response = await table.SubmitTransactionAsync(sent.Select(e => new TableTransactionAction(UpsertReplace, e)));

        var read = await ListAsync(table.QueryAsync<Visit>());
        Assert.Equal(202, response.GetRawResponse().Status);
        Assert.True(response.GetRawResponse().Headers.TryGetValue("Date", out _));
        Assert.All(response.Value, r => Assert.Equal((204, "No Content", false), (r.Status, r.ReasonPhrase, r.IsError)));
        Assert.Equal(read.Select(e => e.ETag), response.Value.Select(r => r.Headers.ETag!.Value));
        Assert.All(sent.Zip(read), pair => Visit.AssertSame(pair.First, pair.Second));
    }

    [Fact]
    public async Task Every_kind_of_action_does_what_it_says()
    {
        var table = await NewTableAsync();
        foreach (var row in new[] { "merged", "replaced", "upserted", "overwritten", "deleted" })
        {
            await table.AddEntityAsync(new TableEntity("p", row) { ["A"] = 1, ["Kept"] = true });
        }

        var response = await table.SubmitTransactionAsync(
        [
            Act(Add, "added", 2), Act(UpdateMerge, "merged", 2), Act(UpdateReplace, "replaced", 2), Act(UpsertMerge, "upserted", 2),
            Act(UpsertReplace, "overwritten", 2), Act(Delete, "deleted"), Act(UpsertMerge, "new", 2),
        ]);

        var kept = (await AllAsync(table)).ToDictionary(e => e.RowKey, e => (e.GetInt32("A"), e.GetBoolean("Kept")));
        Assert.Equal(7, response.Value.Count);
        Assert.Equal(
            new Dictionary<string, (int?, bool?)>
            {
                ["added"] = (2, null),
                ["merged"] = (2, true),
                ["replaced"] = (2, null),
                ["upserted"] = (2, true),
                ["overwritten"] = (2, null),
                ["new"] = (2, null),
            },
            kept);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(99)]
    public async Task The_action_that_failed_is_named_and_none_is_done(int index)
    {
        var table = await NewTableAsync();
        await table.AddEntityAsync(new TableEntity("p", $"{index}"));

        var failure = await FailAsync(table, [.. Enumerable.Range(0, 100).Select(i => Act(Add, $"{i}"))]);

        Assert.Equal((409, "EntityAlreadyExists", index), (failure.Status, failure.ErrorCode, failure.FailedTransactionActionIndex));
        Assert.Single(await AllAsync(table));
    }

    [Fact]
    public async Task An_old_version_fails_the_transaction()
    {
        var table = await NewTableAsync();
        var old = (await table.AddEntityAsync(new TableEntity("p", "r") { ["A"] = 1 })).Headers.ETag!.Value;
        var current = (await table.UpsertEntityAsync(new TableEntity("p", "r") { ["A"] = 2 })).Headers.ETag!.Value;

        foreach (var type in new[] { UpdateMerge, UpdateReplace, Delete })
        {
            var failure = await FailAsync(table, Act(Add, "new"), Act(type, "r", 3, old));
            Assert.Equal((412, "UpdateConditionNotSatisfied"), (failure.Status, failure.ErrorCode));
            Assert.Equal(1, failure.FailedTransactionActionIndex);
        }

        await table.SubmitTransactionAsync([Act(UpdateMerge, "r", 4, current)]);
        Assert.Equal(4, Assert.Single(await AllAsync(table)).GetInt32("A"));
    }

    [Fact]
    public async Task Deleting_what_is_not_there_fails_the_transaction()
    {
        var failure = await FailAsync(await NewTableAsync(), Act(Add, "a"), Act(Add, "b"), Act(Delete, "absent"));

        Assert.Equal((404, "ResourceNotFound", 2), (failure.Status, failure.ErrorCode, failure.FailedTransactionActionIndex));
    }

    [Fact]
    public async Task An_entity_named_twice_is_refused()
    {
        var failure = await FailAsync(await NewTableAsync(), Act(UpsertReplace, "a"), Act(UpsertReplace, "a"));

        Assert.Equal((400, "InvalidDuplicateRow"), (failure.Status, failure.ErrorCode));
    }

    [Fact]
    public async Task A_transaction_on_no_table_is_not_found()
    {
        var failure = await Assert.ThrowsAnyAsync<RequestFailedException>(
            () => Service.GetTableClient(StorageEmulator.Unique()).SubmitTransactionAsync([Act(Add, "a")]));

        Assert.Equal((404, "TableNotFound"), (failure.Status, failure.ErrorCode));
    }

    [Fact]
    public async Task A_transaction_of_nothing_is_refused() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => Service.GetTableClient("never").SubmitTransactionAsync([]));

    [Fact]
    public async Task A_cancelled_transaction_says_so()
    {
        var table = await NewTableAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => table.SubmitTransactionAsync([Act(Add, "a")], new CancellationToken(canceled: true)));

        Assert.Empty(await AllAsync(table));
    }

    [Fact]
    public async Task Transactions_at_once_do_not_mix()
    {
        var table = await NewTableAsync();

        static string Text(string partition) => string.Concat(Enumerable.Repeat(partition, 2000));

        await Task.WhenAll("abcdefghijklmnopqrst".Select(p => table.SubmitTransactionAsync(Enumerable.Range(0, 20).Select(
            i => new TableTransactionAction(Add, new TableEntity($"{p}", $"{i}") { ["Text"] = Text($"{p}") })))));

        var read = await AllAsync(table);
        Assert.Equal(400, read.Count);
        Assert.All(read, e => Assert.Equal(Text(e.PartitionKey), e.GetString("Text")));
    }
}
