using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace SasRec.Portable.Tests.Tables;

public class WriteTests(StorageEmulator storage) : TableTests(storage)
{
    static TableEntity Entity(string name, object value) => new("p", "r") { [name] = value };

    static async Task AssertFailsAsync(int status, string code, Func<Task> action)
    {
        var failure = await Assert.ThrowsAsync<RequestFailedException>(action);
        Assert.Equal((status, code), (failure.Status, failure.ErrorCode));
    }

    [Fact]
    public async Task Creating_a_table_twice_is_no_error()
    {
        var name = StorageEmulator.Unique();

        var first = await Service.CreateTableIfNotExistsAsync(name);
        var second = await Service.GetTableClient(name).CreateIfNotExistsAsync();

        Assert.Equal((204, 409), (first.GetRawResponse().Status, second.GetRawResponse().Status));
        Assert.Equal((name, name), (first.Value.Name, second.Value.Name));
    }

    [Fact]
    public async Task A_deleted_table_is_gone_and_deleting_it_again_is_no_error()
    {
        var table = await NewTableAsync();

        Assert.Equal(204, (await Service.DeleteTableAsync(table.Name)).Status);
        Assert.Equal(404, (await Service.DeleteTableAsync(table.Name)).Status);
        await AssertFailsAsync(404, "TableNotFound", () => table.AddEntityAsync(Entity("A", 1)));
    }

    [Fact]
    public async Task The_response_shows_the_services_headers()
    {
        var table = await NewTableAsync();

        var response = await table.AddEntityAsync(Entity("A", 1));

        Assert.Equal(204, response.Status);
        Assert.NotNull(response.Headers.ETag);
        Assert.NotNull(response.Headers.RequestId);
        Assert.Equal(DateTimeOffset.UtcNow, response.Headers.Date!.Value, TimeSpan.FromMinutes(1));
        Assert.True(response.Headers.TryGetValue("Date", out _));
    }

    [Fact]
    public async Task A_taken_key_is_a_conflict()
    {
        var table = await NewTableAsync();
        await table.AddEntityAsync(Entity("A", 1));

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => table.AddEntityAsync(Entity("A", 2)));

        Assert.Equal((409, "EntityAlreadyExists"), (failure.Status, failure.ErrorCode));
        Assert.True(failure.ErrorCode! == TableErrorCode.EntityAlreadyExists);
        Assert.StartsWith("The specified entity already exists", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await table.GetEntityAsync<TableEntity>("p", "r")).Value.GetInt32("A"));
    }

    [Fact]
    public async Task Merge_keeps_what_it_does_not_name_and_replace_drops_it()
    {
        var table = await NewTableAsync();

        await table.UpsertEntityAsync(Entity("A", 1));
        await table.UpsertEntityAsync(Entity("B", 2));
        var merged = (await table.GetEntityAsync<TableEntity>("p", "r")).Value;
        await table.UpsertEntityAsync(Entity("C", 3), TableUpdateMode.Replace);
        var replaced = (await table.GetEntityAsync<TableEntity>("p", "r")).Value;

        Assert.Equal((1, 2), (merged.GetInt32("A"), merged.GetInt32("B")));
        Assert.Equal((null, null, 3), (replaced.GetInt32("A"), replaced.GetInt32("B"), replaced.GetInt32("C")));
    }

    [Fact]
    public async Task An_update_of_nothing_is_not_found()
    {
        var table = await NewTableAsync();

        await AssertFailsAsync(404, "ResourceNotFound", () => table.UpdateEntityAsync(Entity("A", 1), ETag.All));
        await AssertFailsAsync(404, "ResourceNotFound", () => table.UpdateEntityAsync(Entity("A", 1), ETag.All, TableUpdateMode.Replace));
    }

    [Theory]
    [InlineData(TableUpdateMode.Merge)]
    [InlineData(TableUpdateMode.Replace)]
    public async Task An_update_with_an_old_version_fails_and_changes_nothing(TableUpdateMode mode)
    {
        var table = await NewTableAsync();
        var old = (await table.AddEntityAsync(Entity("A", 1))).Headers.ETag!.Value;
        var current = (await table.UpdateEntityAsync(Entity("A", 2), old, mode)).Headers.ETag!.Value;

        await AssertFailsAsync(412, "UpdateConditionNotSatisfied", () => table.UpdateEntityAsync(Entity("A", 3), old, mode));

        Assert.Equal(2, (await table.GetEntityAsync<TableEntity>("p", "r")).Value.GetInt32("A"));
        await table.UpdateEntityAsync(Entity("A", 4), current, mode);
        await table.UpdateEntityAsync(Entity("A", 5), ETag.All, mode);
    }

    [Fact]
    public async Task An_update_without_a_version_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Service.GetTableClient("never").UpdateEntityAsync(Entity("A", 1), default));

    [Fact]
    public async Task A_delete_holds_to_the_version_given_and_to_none_otherwise()
    {
        var table = await NewTableAsync();
        var old = (await table.AddEntityAsync(Entity("A", 1))).Headers.ETag!.Value;
        await table.UpsertEntityAsync(Entity("A", 2));

        await AssertFailsAsync(412, "UpdateConditionNotSatisfied", () => table.DeleteEntityAsync("p", "r", old));

        Assert.Equal(204, (await table.DeleteEntityAsync("p", "r")).Status);
        Assert.Equal(404, (await table.DeleteEntityAsync("p", "r")).Status);
    }

    [Fact]
    public async Task An_absent_entity_is_not_found_or_without_value()
    {
        var table = await NewTableAsync();

        await AssertFailsAsync(404, "ResourceNotFound", () => table.GetEntityAsync<TableEntity>("p", "r"));
        var absent = await table.GetEntityIfExistsAsync<TableEntity>("p", "r");
        await table.AddEntityAsync(Entity("A", 1));
        var present = await table.GetEntityIfExistsAsync<TableEntity>("p", "r");

        Assert.False(absent.HasValue);
        Assert.Equal(404, absent.GetRawResponse().Status);
        Assert.Throws<InvalidOperationException>(() => absent.Value);
        Assert.True(present.HasValue);
        Assert.Equal(1, present.Value!.GetInt32("A"));
    }

    [Fact]
    public async Task A_cancelled_write_says_so()
    {
        var table = await NewTableAsync();

        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => table.AddEntityAsync(Entity("A", 1), cancelled));

        Assert.Empty(await AllAsync(table));
    }
}
