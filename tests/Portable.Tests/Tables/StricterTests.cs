using System.Net;
using Azure;
using Azure.Data.Tables;

namespace SasRec.Portable.Tests.Tables;

/// <summary>Where this client says more than the official one, which is silent, ignores it or answers in other words.</summary>
public class StricterTests(StorageEmulator storage) : TableTests(storage)
{
    [Fact]
    public void A_shared_access_signature_is_refused_by_name() =>
        Assert.Throws<NotSupportedException>(() => new TableServiceClient("TableEndpoint=https://x;SharedAccessSignature=sv=1"));

    [Fact]
    public void A_connection_string_that_is_only_a_key_is_refused_without_repeating_it()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => new TableServiceClient(StubService.Key));

        Assert.DoesNotContain(StubService.Key, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_property_of_a_type_that_cannot_be_stored_is_named()
    {
        var table = Service.GetTableClient("never");

        ITableEntity[] entities = [new Priced { PartitionKey = "p", RowKey = "r" }, new TableEntity("p", "r") { ["Price"] = 1.5m }];
        foreach (var entity in entities)
        {
            var failure = await Assert.ThrowsAsync<NotSupportedException>(() => table.AddEntityAsync(entity));
            Assert.Contains("Price is of type System.Decimal", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_answer_to_a_transaction_that_is_no_change_set_is_shown()
    {
        var service = new StubService(StubService.Answer(HttpStatusCode.Accepted, "maintenance"));

        var failure = await Assert.ThrowsAsync<FormatException>(() =>
            service.Client.GetTableClient("t").SubmitTransactionAsync([new(TableTransactionActionType.Add, new TableEntity("p", "r"))]));

        Assert.Contains("maintenance", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_enumeration_of_pages_ends_when_it_is_cancelled()
    {
        var table = await NewTableAsync();
        await table.AddEntityAsync(new TableEntity("p", "1"));
        await table.AddEntityAsync(new TableEntity("p", "2"));

        using var stop = new CancellationTokenSource();
        var seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var page in table.QueryAsync<TableEntity>(maxPerPage: 1).AsPages().WithCancellation(stop.Token))
            {
                seen += page.Values.Count;
                await stop.CancelAsync();
            }
        });

        Assert.Equal(1, seen);
    }

    sealed class Priced : ITableEntity
    {
        public string PartitionKey { get; set; } = "";
        public string RowKey { get; set; } = "";
        public DateTimeOffset? Timestamp { get; set; }
        public ETag ETag { get; set; }
        public decimal Price { get; set; }
    }
}
