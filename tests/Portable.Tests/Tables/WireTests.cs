using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Azure;
using Azure.Data.Tables;
using static SasRec.Portable.Tests.Tables.StubService;

namespace SasRec.Portable.Tests.Tables;

public class WireTests
{
    [Fact]
    public async Task Each_type_travels_with_its_annotation()
    {
        var service = new StubService(Answer(HttpStatusCode.NoContent));
        var visit = Visit.Full() with
        {
            Text = "é",
            MaybeFlag = null,
            MaybeInt = null,
            MaybeLong = null,
            MaybeGuid = null,
            MaybeDate = null,
            MaybeMoment = null,
            MaybeDay = null,
        };

        await service.Client.GetTableClient("t").AddEntityAsync(visit);

        Assert.Equal(
            Properties("""
            {"PartitionKey":"p","RowKey":"r","Text":"\u00E9","Flag":true,"Int":-2147483648,
            "Long@odata.type":"Edm.Int64","Long":"9223372036854775807",
            "Double@odata.type":"Edm.Double","Double":0.30000000000000004,
            "Guid@odata.type":"Edm.Guid","Guid":"6f2c1c34-9f0e-4d0b-8f5e-0d0c6f8a1b2c",
            "Moment@odata.type":"Edm.DateTime","Moment":"2026-01-15T11:14:15.1234567Z",
            "Date@odata.type":"Edm.DateTime","Date":"2026-02-03T04:05:06.0000000Z",
            "Bytes@odata.type":"Edm.Binary","Bytes":"AAH+/w==","Data@odata.type":"Edm.Binary","Data":"Bwg=","Day":"Thursday",
            "MaybeDouble@odata.type":"Edm.Double","MaybeDouble":3}
            """),
            Properties(Assert.Single(service.Bodies)));
    }

    [Fact]
    public async Task What_is_the_services_is_not_sent()
    {
        var service = new StubService(Answer(HttpStatusCode.NoContent));
        var (etag, timestamp) = (new ETag("W/\"1\""), DateTimeOffset.UnixEpoch);
        var table = service.Client.GetTableClient("t");

        await table.UpsertEntityAsync(new TableEntity("p", "r") { ETag = etag, Timestamp = timestamp, ["A"] = 1, ["B"] = null });
        await table.UpsertEntityAsync(Visit.Full() with { ETag = etag, Timestamp = timestamp, Text = null });

        Assert.Equal(Properties("""{"PartitionKey":"p","RowKey":"r","A":1}"""), Properties(service.Bodies[0]));
        Assert.DoesNotContain("Timestamp", service.Bodies[1], StringComparison.Ordinal);
        Assert.DoesNotContain("etag", service.Bodies[1], StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Properties(service.Bodies[1]), p => p.Key == "Text");
    }

    [Fact]
    public async Task A_request_carries_the_services_headers_and_never_waits_for_leave_to_send()
    {
        var service = new StubService(Answer(HttpStatusCode.NoContent));

        await service.Client.GetTableClient("t").AddEntityAsync(new TableEntity("p", "r"));

        var headers = service.Requests[0].Headers;
        Assert.Equal("2020-12-06", headers.GetValues("x-ms-version").Single());
        Assert.Equal("3.0", headers.GetValues("DataServiceVersion").Single());
        Assert.Equal("return-no-content", headers.GetValues("Prefer").Single());
        Assert.NotEqual(true, headers.ExpectContinue);
    }

    [Fact]
    public async Task Properties_may_come_in_any_order_with_others_among_them()
    {
        const string Body = """
            {"odata.metadata":"m","Day":"Friday","Long":"5","Long@odata.type":"Edm.Int64","Int":null,
             "RowKey":"r","Text":"t","odata.etag":"W/\"x\"","PartitionKey":"p","Timestamp":"2026-01-15T12:00:00.5Z","Unknown":true}
            """;
        const string Nested = """
            "Extra":{"a":[1,{"b":2}]},
            """;
        var table = new StubService(
            Answer(HttpStatusCode.OK, Body),
            Answer(HttpStatusCode.OK, Body.Replace("\"Day\"", Nested + "\"Day\"", StringComparison.Ordinal))).Client.GetTableClient("t");

        var free = (await table.GetEntityAsync<TableEntity>("p", "r")).Value;
        var typed = (await table.GetEntityAsync<Visit>("p", "r")).Value;

        Assert.Equal(("p", "r", "t"), (typed.PartitionKey, typed.RowKey, typed.Text));
        Assert.Equal((5L, DayOfWeek.Friday, 0), (typed.Long, typed.Day, typed.Int));
        Assert.Equal("W/\"x\"", typed.ETag.ToString());
        Assert.Equal(new DateTimeOffset(2026, 1, 15, 12, 0, 0, 500, TimeSpan.Zero), typed.Timestamp);
        Assert.Equal((5L, "t"), (free.GetInt64("Long"), free.GetString("Text")));
        Assert.Equal((typed.ETag, typed.Timestamp), (free.ETag, free.Timestamp));
        Assert.False(free.ContainsKey("Long@odata.type"));
        Assert.False(free.ContainsKey("odata.metadata"));
    }

    [Fact]
    public async Task A_request_under_way_ends_when_it_is_cancelled_and_forty_need_not_wait_for_each_other()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var stop = new CancellationTokenSource();
        var table = new TableServiceClient(new Uri($"http://{silent.LocalEndpoint}/shop"), new TableSharedKeyCredential("shop", Key))
            .GetTableClient("t");

        var writes = Enumerable.Range(0, 40).Select(i => table.AddEntityAsync(new TableEntity("p", $"{i}"), stop.Token)).ToList();
        var connections = new List<TcpClient>();
        foreach (var _ in writes)
        {
            connections.Add(await silent.AcceptTcpClientAsync(deadline.Token));
        }

        await stop.CancelAsync();
        foreach (var write in writes)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        }

        connections.ForEach(c => c.Dispose());
    }

    // Neither the order of properties nor a null, which the service does not keep, says anything.
    static SortedDictionary<string, string> Properties(string body) => new(
        JsonNode.Parse(body)!.AsObject().Where(p => p.Value is not null).ToDictionary(p => p.Key, p => p.Value!.ToJsonString()),
        StringComparer.Ordinal);
}
