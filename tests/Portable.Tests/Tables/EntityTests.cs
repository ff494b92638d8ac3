using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace SasRec.Portable.Tests.Tables;

public class EntityTests(StorageEmulator storage)
{
    readonly TableServiceClient service = new(storage.ConnectionString);

    async Task<TableClient> TableAsync()
    {
        var table = service.GetTableClient(StorageEmulator.Unique());
        await table.CreateIfNotExistsAsync();
        return table;
    }

    static Visit Full(string row = "r") => new()
    {
        PartitionKey = "p",
        RowKey = row,
        Text = "naïve \"quoted\" \u2028 日本 🎸",
        Flag = true,
        Int = int.MinValue,
        Long = long.MaxValue,
        Double = 0.1 + 0.2,
        Guid = new Guid("6f2c1c34-9f0e-4d0b-8f5e-0d0c6f8a1b2c"),
        Moment = new DateTimeOffset(2026, 1, 15, 13, 14, 15, TimeSpan.FromHours(2)).AddTicks(1234567),
        Date = new DateTime(2026, 2, 3, 4, 5, 6, DateTimeKind.Utc),
        Bytes = [0, 1, 254, 255],
        Data = BinaryData.FromBytes([7, 8]),
        Day = DayOfWeek.Thursday,
        MaybeFlag = false,
        MaybeInt = 0,
        MaybeLong = -5,
        MaybeDouble = 3,
        MaybeGuid = Guid.Empty,
        MaybeMoment = DateTimeOffset.UnixEpoch,
        MaybeDay = DayOfWeek.Sunday,
    };

    static void AssertSame(Visit expected, Visit actual)
    {
        Assert.Equal(expected.Bytes, actual.Bytes);
        Assert.Equal(expected.Data?.ToArray(), actual.Data?.ToArray());
        Assert.Equal(
            expected with { Timestamp = null, ETag = default, Bytes = null, Data = null },
            actual with { Timestamp = null, ETag = default, Bytes = null, Data = null });
    }

    [Fact]
    public async Task Every_type_comes_back_as_it_went()
    {
        var table = await TableAsync();
        var sent = Full();

        var added = await table.AddEntityAsync(sent);
        var read = await table.GetEntityAsync<Visit>("p", "r");

        Assert.Equal(204, added.Status);
        AssertSame(sent, read.Value);
        Assert.Equal(added.Headers.ETag, read.Value.ETag);
        Assert.Equal(DateTimeOffset.UtcNow, read.Value.Timestamp!.Value, TimeSpan.FromMinutes(1));
        Assert.True(added.Headers.TryGetValue("Date", out _));
    }

    [Fact]
    public async Task Creating_a_table_twice_is_no_error()
    {
        var name = StorageEmulator.Unique();

        var first = await service.CreateTableIfNotExistsAsync(name);
        var second = await service.CreateTableIfNotExistsAsync(name);

        Assert.Equal((204, 409), (first.GetRawResponse().Status, second.GetRawResponse().Status));
        Assert.Equal(name, second.Value.Name);
    }

    [Fact]
    public async Task A_taken_key_is_409_EntityAlreadyExists()
    {
        var table = await TableAsync();
        await table.AddEntityAsync(Full());

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => table.AddEntityAsync(Full()));

        Assert.Equal((409, "EntityAlreadyExists"), (failure.Status, failure.ErrorCode));
        Assert.True(failure.ErrorCode! == TableErrorCode.EntityAlreadyExists);
    }

    [Fact]
    public async Task A_transaction_names_the_action_that_failed_and_writes_none()
    {
        var table = await TableAsync();
        await table.AddEntityAsync(Full("3"));

        var failure = await Assert.ThrowsAsync<TableTransactionFailedException>(() => table.SubmitTransactionAsync(
            Enumerable.Range(0, 6).Select(i => new TableTransactionAction(TableTransactionActionType.Add, Full($"{i}")))));

        Assert.Equal((409, "EntityAlreadyExists", 3), (failure.Status, failure.ErrorCode, failure.FailedTransactionActionIndex));
        Assert.False((await table.GetEntityIfExistsAsync<Visit>("p", "0")).HasValue);
    }

    [Fact]
    public async Task A_transaction_of_a_hundred_writes_them_all()
    {
        var table = await TableAsync();
        var sent = Enumerable.Range(0, 100).Select(i => Full($"{i:D3}")).ToList();

        var response = await table.SubmitTransactionAsync(sent.Select(e => new TableTransactionAction(TableTransactionActionType.UpsertReplace, e)));

        var read = new List<Visit>();
        await foreach (var entity in table.QueryAsync<Visit>(TableClient.CreateQueryFilter($"PartitionKey eq {"p"}")))
        {
            read.Add(entity);
        }

        Assert.Equal(100, response.Value.Count);
        Assert.All(response.Value, r => Assert.Equal(204, r.Status));
        Assert.Equal(read.Select(e => e.ETag), response.Value.Select(r => r.Headers.ETag!.Value));
        Assert.All(sent.Zip(read), pair => AssertSame(pair.First, pair.Second));
    }
}
