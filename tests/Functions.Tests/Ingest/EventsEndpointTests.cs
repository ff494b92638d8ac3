using System.Net;
using System.Text.Json;
using SasRec.Core.Events;
using SasRec.Functions.Ingest;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;

namespace SasRec.Functions.Tests.Ingest;

public class EventsEndpointTests(SharedApp shared)
{
    readonly TestApp app = shared.App;
    readonly string user = $"ü/{Guid.NewGuid():N} #?\\";

    [Fact]
    public async Task Accepted_events_are_answered_with_their_ids_in_order_and_reach_the_log()
    {
        var answer = await app.PostAsync("/api/events", new
        {
            events = new object[]
            {
                new { eventId = "e-2", userId = user, itemId = "item 2", timestamp = "2026-01-02T00:00:00Z", type = "purchase", value = 9.5 },
                new { userId = user, itemId = "日本語", timestamp = "2026-01-03T00:00:00+09:00" },
                new { eventId = "e/1", userId = user, itemId = "👩‍🚀", timestamp = "2026-01-01T00:00:00Z", source = "search", recommendationId = "r" },
            },
        }, 202);
        var ids = answer.GetProperty("eventIds").EnumerateArray().Select(id => id.GetString()!).ToArray();
        Assert.Equal(["e-2", ids[1], "e/1"], ids);
        Assert.True(Guid.TryParse(ids[1], out _));

        var log = await LoggedAsync(3);
        Assert.Equal([ids[1], "e-2", "e/1"], log.Select(e => e.EventId));
        Assert.Equal(
            new Interaction
            {
                EventId = "e/1", UserId = user, ItemId = "👩‍🚀", Timestamp = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), Source = "search", RecommendationId = "r",
            },
            log[2]);
        Assert.Equal(("purchase", 9.5, "organic"), (log[1].Type, log[1].Value, log[1].Source));
    }

    [Fact]
    public async Task One_bad_event_refuses_them_all_and_is_named()
    {
        var problem = await app.PostAsync("/api/events", new
        {
            events = new object[] { new { eventId = "good", userId = user, itemId = "i" }, new { eventId = "bad", userId = user, itemId = "i", timestamp = "1970-01-01T00:00:00Z" } },
        }, 400);
        Assert.Equal(400, problem.GetProperty("status").GetInt32());
        var error = Assert.Single(problem.GetProperty("errors").EnumerateArray().ToArray());
        Assert.Equal("events[1].timestamp", error.GetProperty("field").GetString());
        Assert.Equal("\"1970-01-01T00:00:00Z\"", error.GetProperty("value").GetString());
        Assert.StartsWith("an RFC 3339 time with offset, 2000-01-01T00:00:00Z to 20", error.GetProperty("range").GetString(), StringComparison.Ordinal);

        // What is sent afterwards has arrived, so what was refused will not.
        await app.PostAsync("/api/events", new { events = new[] { new { eventId = "later", userId = user, itemId = "i" } } }, 202);
        Assert.Equal(["later"], (await LoggedAsync(1)).Select(e => e.EventId));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_the_limit_is_refused_with_the_limit(bool chunked)
    {
        var bytes = new byte[new IngestOptions().MaxBodyBytes + 1];
        bytes.AsSpan().Fill((byte)' ');
        HttpContent content = chunked ? new StreamContent(new UnseekableStream(bytes)) : new ByteArrayContent(bytes);
        var problem = await app.SendAsync(HttpMethod.Post, "/api/events", 413, content);
        Assert.Contains("8,388,608 bytes", problem.GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.Equal("body", problem.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task A_body_whose_length_is_not_announced_is_read_to_its_end()
    {
        var events = Enumerable.Range(0, 200).Select(i => new { eventId = $"e{i}", userId = user, itemId = "i" });
        var body = JsonSerializer.SerializeToUtf8Bytes(new { events });
        await app.SendAsync(HttpMethod.Post, "/api/events", 202, new StreamContent(new UnseekableStream(body)));
        await LoggedAsync(200);
    }

    [Fact]
    public async Task A_request_without_the_key_is_refused()
    {
        using var client = new HttpClient { BaseAddress = app.Client.BaseAddress };
        using var response = await client.PostAsync("/api/events", new StringContent("{}"));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_thousand_events_of_the_largest_size_travel_in_many_messages_and_all_arrive()
    {
        var filler = new string('界', 200);
        var events = Enumerable.Range(0, 1000).Select(i => new
        {
            eventId = $"{i:D4}{filler}", userId = user, itemId = $"{i}{filler}", recommendationId = $"{i}{filler}", timestamp = "2026-01-01T00:00:00Z",
        });
        await app.PostAsync("/api/events", new { events }, 202);
        var log = await LoggedAsync(1000);
        Assert.Equal(1000, log.Select(e => e.EventId).Distinct().Count());
    }

    [Fact]
    public async Task The_same_event_sent_again_out_of_order_or_by_two_at_once_is_one_row()
    {
        object Event(int i) => new { eventId = $"e{i}", userId = user, itemId = $"i{i}", timestamp = $"2026-01-01T00:00:{i:D2}Z" };
        var forwards = Enumerable.Range(0, 50).Select(Event).ToArray();
        var backwards = forwards.Reverse().ToArray();
        await Task.WhenAll(
            app.PostAsync("/api/events", new { events = forwards }, 202),
            app.PostAsync("/api/events", new { events = backwards }, 202),
            app.PostAsync("/api/events", new { events = forwards.Concat(backwards) }, 202));
        await app.PostAsync("/api/events", new { events = new[] { Event(55) } }, 202);
        await Eventually.TrueAsync("the queue is empty", async () => await WaitingAsync() == 0);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"e{i}").Append("e55").Reverse(), (await LoggedAsync(51)).Select(e => e.EventId));
    }

    [Fact]
    public async Task An_event_without_a_time_sent_again_keeps_the_time_of_its_first_acceptance()
    {
        var events = new[] { new { eventId = "once", userId = user, itemId = "i" } };
        await app.PostAsync("/api/events", new { events }, 202);
        var first = Assert.Single(await LoggedAsync(1));
        await app.PostAsync("/api/events", new { events }, 202);
        await app.PostAsync("/api/events", new { events = new[] { new { eventId = "marker", userId = user, itemId = "i" } } }, 202);
        await Eventually.TrueAsync("the queue is empty", async () => await WaitingAsync() == 0);
        var log = await LoggedAsync(2);
        Assert.Equal(first, log.Single(e => e.EventId == "once"));
        Assert.True(first.TimestampAssigned);
    }

    [Fact]
    public async Task Requests_that_name_one_moment_keep_the_order_in_which_they_were_accepted()
    {
        // Two events each, so that the second of one request is later by its tick than the first of the next.
        var order = new List<string>();
        for (var request = 0; request < 8; request++)
        {
            var events = Enumerable.Range(0, 2).Select(i => new { eventId = $"{request * 5 % 8}-{i}", userId = user, itemId = $"{request}.{i}", timestamp = "2026-01-01T00:00:00Z" }).ToArray();
            order.AddRange(events.Select(e => e.itemId));
            await app.PostAsync("/api/events", new { events }, 202);
        }

        Assert.Equal(order.AsEnumerable().Reverse(), (await LoggedAsync(order.Count)).Select(e => e.ItemId));
    }

    [Fact]
    public async Task A_message_delivered_twice_to_two_workers_at_once_is_appended_once()
    {
        var interactions = Enumerable.Range(0, 300)
            .Select(i => new Interaction { EventId = $"e{i}", UserId = user, ItemId = $"i{i % 7}", Timestamp = DateTimeOffset.UnixEpoch.AddYears(40).AddSeconds(i / 3) })
            .ToArray();
        var function = new AppendInteractionsFunction(app.Get<InteractionLog>(), app.Get<InteractionQueue>(), TimeProvider.System);
        var message = JsonSerializer.Serialize(new { events = interactions }, JsonSerializerOptions.Web);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => function.Run(message, TestContext.Current.CancellationToken)));
        Assert.Equal(300, (await LoggedAsync(300)).Count);
    }

    async Task<IReadOnlyList<Interaction>> LoggedAsync(int count)
    {
        var log = await Eventually.GetAsync(
            $"{count} interactions of the user",
            () => app.GetAsync($"/api/users/{Uri.EscapeDataString(user)}?count=1000"),
            answer => answer.GetProperty("interactions").GetArrayLength() >= count);
        Assert.Equal(count, log.GetProperty("interactions").GetArrayLength());
        return log.GetProperty("interactions").Deserialize<Interaction[]>(JsonSerializerOptions.Web)!;
    }

    async Task<int> WaitingAsync()
    {
        var properties = await app.Storage.Queue(Names.InteractionsQueue).GetPropertiesAsync(TestContext.Current.CancellationToken);
        return properties.Value.ApproximateMessagesCount;
    }

    sealed class UnseekableStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
