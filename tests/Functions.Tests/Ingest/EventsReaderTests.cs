using System.Text;
using SasRec.Core.Events;
using SasRec.Functions.Http;
using SasRec.Functions.Ingest;

namespace SasRec.Functions.Tests.Ingest;

public class EventsReaderTests
{
    static readonly DateTimeOffset Now = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_field_is_read_as_sent()
    {
        var read = Accept("""
            { "events": [ { "eventId": "e-1", "userId": "üser/1", "itemId": "\u4e2d\ud83d\ude00", "type": "purchase",
              "timestamp": "2026-01-15T14:29:59.1234567+02:30", "recommendationId": "r-1", "source": "search", "value": -1.5e3 } ] }
            """);
        Assert.Equal(
            new Interaction
            {
                EventId = "e-1",
                UserId = "üser/1",
                ItemId = "中😀",
                Type = "purchase",
                Timestamp = new DateTimeOffset(2026, 1, 15, 11, 59, 59, TimeSpan.Zero).AddTicks(1234567),
                RecommendationId = "r-1",
                Source = "search",
                Value = -1500,
            },
            Assert.Single(read));
        Assert.Equal(TimeSpan.Zero, read[0].Timestamp.Offset);
    }

    [Fact]
    public void What_an_event_leaves_out_or_sends_as_null_is_given_its_default()
    {
        var read = Accept("""
            {"events":[{"userId":"u","itemId":"i"},
                       {"userId":"u","itemId":"i","eventId":null,"type":null,"timestamp":null,"source":null,"recommendationId":null,"value":null}]}
            """);
        Assert.Equal(2, read.Select(e => e.EventId).Distinct().Count());
        Assert.All(read.Index(), e => Assert.Equal(
            new Interaction { EventId = e.Item.EventId, UserId = "u", ItemId = "i", Timestamp = Now.AddTicks(e.Index), TimestampAssigned = true }, e.Item));
    }

    [Theory]
    [InlineData("""{"itemId":"i"}""", "events[0].userId", null)]
    [InlineData("""{"userId":"u"}""", "events[0].itemId", null)]
    [InlineData("""{"userId":null,"itemId":"i"}""", "events[0].userId", "null")]
    [InlineData("""{"userId":7,"itemId":"i"}""", "events[0].userId", "7")]
    [InlineData("""{"userId":"","itemId":"i"}""", "events[0].userId", "\"\"")]
    [InlineData("""{"userId":"u\ud800","itemId":"i"}""", "events[0].userId", "\"u\\ud800\"")]
    [InlineData("""{"userId":"u","itemId":"\udc00\ud800"}""", "events[0].itemId", "\"\\udc00\\ud800\"")]
    [InlineData("""{"userId":"u","itemId":{"id":1}}""", "events[0].itemId", "an object")]
    [InlineData("""{"userId":"u","itemId":["i"]}""", "events[0].itemId", "an array")]
    [InlineData("""{"userId":"u","itemId":"i","eventId":""}""", "events[0].eventId", "\"\"")]
    [InlineData("""{"userId":"u","itemId":"i","type":""}""", "events[0].type", "\"\"")]
    [InlineData("""{"userId":"u","itemId":"i","source":true}""", "events[0].source", "true")]
    [InlineData("""{"userId":"u","itemId":"i","value":1e999}""", "events[0].value", "1e999")]
    [InlineData("""{"userId":"u","itemId":"i","value":"NaN"}""", "events[0].value", "\"NaN\"")]
    [InlineData("""{"userId":"u","itemId":"i","timestamp":"2026-01-15T12:05:00.001Z"}""", "events[0].timestamp", "\"2026-01-15T12:05:00.001Z\"")]
    [InlineData("""{"userId":"u","itemId":"i","timestamp":"1999-12-31T23:59:59Z"}""", "events[0].timestamp", "\"1999-12-31T23:59:59Z\"")]
    [InlineData("""{"userId":"u","itemId":"i","timestamp":"2026-01-15T12:00:00"}""", "events[0].timestamp", "\"2026-01-15T12:00:00\"")]
    [InlineData("""{"userId":"u","itemId":"i","timestamp":"2026-01-15"}""", "events[0].timestamp", "\"2026-01-15\"")]
    [InlineData("""{"userId":"u","itemId":"i","timestamp":1768478400}""", "events[0].timestamp", "1768478400")]
    [InlineData("""{"userId":"u","itemId":"i","userID":"U"}""", "events[0].userID", "\"U\"")]
    [InlineData("""{"userId":"u","itemId":"i","extra":{"a":[1,2]}}""", "events[0].extra", "an object")]
    [InlineData("""{"userId":"u","itemId":"i","itemId":"i"}""", "events[0].itemId", "given again")]
    [InlineData("""{"userId":"u","itemId":"i","\u0069temId":"i"}""", "events[0].itemId", "given again")]
    [InlineData("\"x\"", "events[0]", "\"x\"")]
    [InlineData("null", "events[0]", "null")]
    public void A_bad_field_is_named_with_what_was_found(string interaction, string field, string? found)
    {
        var error = Assert.Single(Refuse($$"""{"events":[{{interaction}}]}"""));
        Assert.Equal((field, found), (error.Field, error.Value));
    }

    [Fact]
    public void Every_bad_field_of_every_event_is_named_at_once()
    {
        var errors = Refuse("""
            {"events":[{"userId":"u","itemId":"i"},{"userId":"","value":"x"},{"userId":"u","itemId":"i","timestamp":"never","color":1}]}
            """);
        Assert.Equal(
            ["events[1].userId", "events[1].value", "events[1].itemId", "events[2].timestamp", "events[2].color"],
            errors.Select(e => e.Field));
    }

    [Fact]
    public void The_longest_ids_and_labels_are_taken_and_longer_ones_refused()
    {
        var longest = new string('界', 256);
        var escaped = string.Concat(Enumerable.Repeat("\\u754c", 256));
        Assert.Equal(longest, Accept($$"""{"events":[{"userId":"{{escaped}}","itemId":"{{longest}}"}]}""")[0].UserId);
        var errors = Refuse($$"""
            {"events":[{"userId":"{{longest}}x","itemId":"{{escaped}}\u0041","type":"{{new string('t', 65)}}","source":"{{new string('s', 100_000)}}"}]}
            """);
        Assert.Equal(["events[0].userId", "events[0].itemId", "events[0].type", "events[0].source"], errors.Select(e => e.Field));
        Assert.All(errors, e => Assert.InRange(e.Value!.Length, 1, 101));
        Assert.Contains("1 to 256", errors[0].Range, StringComparison.Ordinal);
        Assert.Contains("1 to 64", errors[2].Range, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "the end at byte 0")]
    [InlineData("{\"events\":[]", "the end at byte 12")]
    [InlineData("{\"events\":[{]}", "']' at byte 12")]
    [InlineData("{\n\"events\":\n[NaN]}", "'N' at byte 13")]
    [InlineData("{\"events\":[{\"userId\":\"u\",\"itemId\":\"i\"}]} x", "'x' at byte 41")]
    [InlineData("{\"events\":[{\"userId\":\"u\",\"itemId\":\"i\"},]}", "']' at byte 39")]
    [InlineData("// no\n{}", "'/' at byte 0")]
    public void Broken_json_is_located_by_its_byte(string body, string found)
    {
        var error = Refuse(body)[^1];
        Assert.Equal(("body", found), (error.Field, error.Value));
        Assert.StartsWith("well-formed JSON", error.Range, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0xFF)]
    [InlineData(0xC3)]
    [InlineData(0x80)]
    public void Broken_utf8_is_located_by_its_byte(byte bad)
    {
        byte[] body = [.. "{\"events\":[{\"userId\":\"é"u8, bad, .. "\",\"itemId\":\"i\"}]}"u8];
        var error = Assert.Single(Refuse(body));
        Assert.Equal(new FieldError("body", $"0x{bad:X2} at byte 24", "UTF-8"), error);
    }

    [Theory]
    [InlineData("[]", "body", "an array")]
    [InlineData("{}", "events", null)]
    [InlineData("""{"events":null}""", "events", "null")]
    [InlineData("""{"events":{}}""", "events", "an object")]
    [InlineData("""{"events":[]}""", "events", "0 events")]
    [InlineData("""{"events":[{"userId":"u","itemId":"i"}],"more":1}""", "more", "1")]
    [InlineData("""{"events":[{"userId":"u","itemId":"i"}],"events":[{"userId":"u","itemId":"i"}]}""", "events", "given again")]
    public void The_envelope_is_an_object_with_events_and_nothing_else(string body, string field, string? found)
    {
        var error = Assert.Single(Refuse(body));
        Assert.Equal((field, found), (error.Field, error.Value));
    }

    [Fact]
    public void One_thousand_events_are_taken_and_one_more_is_refused()
    {
        static string Of(int count) =>
            $$"""{"events":[{{string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"eventId":"e{{i}}","userId":"u","itemId":"i"}"""))}}]}""";
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"e{i}"), Accept(Of(1000)).Select(e => e.EventId));
        Assert.Equal(new FieldError("events", "1001 events", "an array of 1 to 1000 events"), Assert.Single(Refuse(Of(1001))));
    }

    [Fact]
    public void A_thousand_events_of_the_largest_size_fit_the_default_body_limit()
    {
        var id = string.Concat(Enumerable.Repeat("\\u754c", 256));
        var label = string.Concat(Enumerable.Repeat("\\u754c", 64));
        var one = $$"""
            {"eventId":"{{id}}","userId":"{{id}}","itemId":"{{id}}","recommendationId":"{{id}}","type":"{{label}}","source":"{{label}}",
            "timestamp":"2026-01-15T11:59:59.9999999+00:00","value":-1.7976931348623157E+308}
            """;
        Assert.InRange(Encoding.UTF8.GetByteCount(one) * 1000, 1, new IngestOptions().MaxBodyBytes);
    }

    [Fact]
    public void A_flood_of_unknown_fields_is_counted_and_not_echoed_without_end()
    {
        var errors = Refuse($$"""{"events":[{"userId":"u","itemId":"i",{{string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"f{i}\":1"))}}}]}""");
        Assert.Equal(100, errors.Count);
    }

    [Theory]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"events\":[{\"\\udfff\":1,\"userId\":\"u\",\"itemId\":\"i\"}]}")]
    public void A_name_of_half_a_surrogate_pair_is_an_unknown_field(string body) => Assert.NotEmpty(Refuse(body));

    [Fact]
    public void A_refusal_shows_at_most_a_kilobyte_of_what_was_sent()
    {
        var errors = Refuse($$"""{"events":[{"{{new string('k', 4_000_000)}}":1},{{string.Join(',', Enumerable.Repeat($$"""{"userId":"{{new string('v', 1000)}}"}""", 200))}}]}""");
        var shown = errors.Sum(e => e.Field.Count(c => c == 'k') + (e.Value ?? "").Count(c => c is 'v'));
        Assert.InRange(shown, 1, 1024);
    }

    [Fact]
    public void The_same_request_with_the_same_key_is_the_same_events_and_with_another_key_others()
    {
        const string Body = """{"events":[{"userId":"u","itemId":"a"},{"userId":"u","itemId":"b"},{"userId":"u","itemId":"c","eventId":"own"}]}""";
        string[] Ids(string? key, int minutes) =>
            [.. EventsReader.Read(Encoding.UTF8.GetBytes(Body), 1000, Now.AddMinutes(minutes), new EventIds(key), new RequestErrors()).Select(e => e.EventId)];

        Assert.Equal(Ids("order-7", 0), Ids("order-7", 5));
        Assert.Equal(3, Ids("order-7", 0).Distinct().Count());
        Assert.Equal(["own"], Ids("order-7", 0).Intersect(Ids("order-8", 0)));
        Assert.Equal(["own"], Ids(null, 0).Intersect(Ids(null, 0)));
    }

    static IReadOnlyList<Interaction> Accept(string body)
    {
        var errors = new RequestErrors();
        var events = EventsReader.Read(Encoding.UTF8.GetBytes(body), 1000, Now, default, errors);
        Assert.Empty(errors.Reported);
        return events;
    }

    static IReadOnlyList<FieldError> Refuse(string body) => Refuse(Encoding.UTF8.GetBytes(body));

    static IReadOnlyList<FieldError> Refuse(byte[] body)
    {
        var errors = new RequestErrors();
        Assert.Empty(EventsReader.Read(body, 1000, Now, default, errors));
        Assert.NotEmpty(errors.Reported);
        return errors.Reported;
    }
}
