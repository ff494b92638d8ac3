using System.Net;
using Azure;
using Azure.Data.Tables;

namespace SasRec.Portable.Tests.Tables;

public class QueryTests(StorageEmulator storage) : TableTests(storage)
{
    static async Task FillAsync(TableClient table, string partition, int count)
    {
        foreach (var rows in Enumerable.Range(0, count).Chunk(100))
        {
            await table.SubmitTransactionAsync(rows.Select(i => new TableTransactionAction(
                TableTransactionActionType.Add, new TableEntity(partition, $"{i:D5}") { ["I"] = i, ["Even"] = i % 2 == 0 })));
        }
    }

    [Fact]
    public async Task More_than_a_page_comes_whole_and_in_the_order_of_the_keys()
    {
        var table = await NewTableAsync();
        await FillAsync(table, "é", 2100);

        var pages = await ListAsync(table.QueryAsync<TableEntity>().AsPages());

        Assert.Equal([1000, 1000, 100], pages.Select(p => p.Values.Count));
        Assert.Equal(Enumerable.Range(0, 2100), pages.SelectMany(p => p.Values).Select(e => e.GetInt32("I")!.Value));
        Assert.Null(pages[^1].ContinuationToken);
    }

    [Fact]
    public async Task A_query_goes_on_where_another_stopped()
    {
        var table = await NewTableAsync();
        await FillAsync(table, "a b&c=ü", 25);
        var query = table.QueryAsync<TableEntity>(maxPerPage: 10);

        string? token = null;
        await foreach (var page in query.AsPages())
        {
            token = page.ContinuationToken;
            break;
        }

        var rest = await ListAsync(query.AsPages(token));
        Assert.Equal(Enumerable.Range(10, 15), rest.SelectMany(p => p.Values).Select(e => e.GetInt32("I")!.Value));
        Assert.Equal([5, 5, 5], (await ListAsync(query.AsPages(token, pageSizeHint: 5))).Select(p => p.Values.Count));
    }

    [Fact]
    public async Task An_empty_page_is_not_the_end()
    {
        const string Empty = """{"value":[]}""";
        const string Full = """{"value":[{"PartitionKey":"p","RowKey":"r","N@odata.type":"Edm.Int64","N":"7"}]}""";
        const string Next = "x-ms-continuation-Next";
        var service = new StubService(
            StubService.Answer(HttpStatusCode.OK, Empty, ($"{Next}PartitionKey", "1!4!a+b/"), ($"{Next}RowKey", "1!8!cg--")),
            StubService.Answer(HttpStatusCode.OK, Empty, ($"{Next}PartitionKey", "1!4!c")),
            StubService.Answer(HttpStatusCode.OK, Full));

        var found = await ListAsync(service.Client.GetTableClient("t").QueryAsync<TableEntity>("N gt 5L", 10, ["N", "RowKey"]));

        Assert.Equal(7, Assert.Single(found).GetInt64("N"));
        Assert.Equal(
            [
                "$filter=N gt 5L&$select=N,RowKey&$top=10",
                "$filter=N gt 5L&$select=N,RowKey&$top=10&NextPartitionKey=1!4!a+b/&NextRowKey=1!8!cg--",
                "$filter=N gt 5L&$select=N,RowKey&$top=10&NextPartitionKey=1!4!c",
            ],
            service.Requests.Select(r => Asked(r.RequestUri!)));

        static string Asked(Uri uri) => string.Join('&', uri.Query[1..].Split('&').Select(Uri.UnescapeDataString)
            .Where(p => !p.StartsWith("$format", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_filter_takes_quotes_and_any_letters_as_they_are()
    {
        var table = await NewTableAsync();
        string[] users = ["o'brien", "' or RowKey ne '", "日本語", "🎸 & co + 100%", "a\"b"];
        foreach (var user in users)
        {
            await table.AddEntityAsync(new TableEntity(user, "r") { ["Name"] = user });
        }

        foreach (var user in users)
        {
            var byKey = await ListAsync(table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {user}")));
            var byProperty = await ListAsync(table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"Name eq {user}")));
            Assert.Equal(user, Assert.Single(byKey).PartitionKey);
            Assert.Equal(user, Assert.Single(byProperty).PartitionKey);
        }
    }

    [Fact]
    public async Task A_filter_compares_every_type()
    {
        var table = await NewTableAsync();
        var visit = Visit.Full();
        await table.AddEntityAsync(visit);
        await table.AddEntityAsync(new Visit { PartitionKey = "p", RowKey = "other", Moment = DateTimeOffset.UnixEpoch });

        foreach (var filter in new FormattableString[]
        {
            $"Flag eq {true}", $"Int eq {visit.Int}", $"Long eq {visit.Long}", $"Double gt {0.25} and Double lt {0.35}",
            $"Guid eq {visit.Guid}", $"Moment eq {visit.Moment}",
            $"Moment gt {visit.Moment.AddMilliseconds(-1)}", $"Date ge {visit.Date}", $"Day eq {"Thursday"}",
            $"PartitionKey eq {"p"} and RowKey ge {"p"} and RowKey lt {"s"}",
        })
        {
            var found = await ListAsync(table.QueryAsync<Visit>(TableClient.CreateQueryFilter(filter)));
            Assert.True(found.Count == 1 && found[0].RowKey == "r", $"{filter} found {found.Count}");
        }
    }

    [Fact]
    public void A_filter_is_written_as_OData()
    {
        var moment = new DateTimeOffset(2026, 1, 15, 13, 0, 0, TimeSpan.FromHours(2)).AddTicks(10);

        Assert.Equal("A eq 'it''s' and B eq 5 and C eq 5L", TableClient.CreateQueryFilter($"A eq {"it's"} and B eq {5} and C eq {5L}"));
        Assert.Equal("A eq datetime'2026-01-15T11:00:00.000001Z'", TableClient.CreateQueryFilter($"A eq {moment}"));
        Assert.Equal("A eq true and B eq 0.5", TableServiceClient.CreateQueryFilter($"A eq {true} and B eq {0.5}"));
        Assert.Throws<ArgumentException>(() => TableClient.CreateQueryFilter($"A eq {DayOfWeek.Friday}"));
    }

    [Fact]
    public async Task Select_brings_only_what_is_named()
    {
        var table = await NewTableAsync();
        await FillAsync(table, "p", 2);

        var found = await ListAsync(table.QueryAsync<TableEntity>(select: ["RowKey", "I"]));
        var single = (await table.GetEntityAsync<TableEntity>("p", "00001", ["I"])).Value;

        Assert.Equal(["00000", "00001"], found.Select(e => e.RowKey));
        Assert.All(found, e => Assert.False(e.ContainsKey("Even")));
        Assert.Equal(1, single.GetInt32("I"));
        Assert.False(single.ContainsKey("Even"));
    }

    [Fact]
    public async Task A_query_on_no_table_is_not_found()
    {
        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => AllAsync(Service.GetTableClient(StorageEmulator.Unique())));

        Assert.Equal((404, "TableNotFound"), (failure.Status, failure.ErrorCode));
    }

    [Fact]
    public async Task A_filter_that_is_no_filter_is_refused()
    {
        var table = await NewTableAsync();

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => ListAsync(table.QueryAsync<TableEntity>("PartitionKey is 5")));

        Assert.Equal(400, failure.Status);
    }

    [Fact]
    public async Task A_query_ends_when_it_is_cancelled_between_pages()
    {
        var table = await NewTableAsync();
        await FillAsync(table, "p", 20);

        using var stop = new CancellationTokenSource();
        var seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var page in table.QueryAsync<TableEntity>(maxPerPage: 10, cancellationToken: stop.Token).AsPages())
            {
                seen += page.Values.Count;
                await stop.CancelAsync();
            }
        });
        Assert.Equal(10, seen);
    }
}
