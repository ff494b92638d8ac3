using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Xunit;
using SasRec.Core.Events;
using SasRec.Functions.Http;
using SasRec.Functions.Ingest;
using SasRec.Functions.Items;
using SasRec.Functions.Serve;

namespace SasRec.Functions.Tests.Http;

/// <summary>Whatever a body holds: it is read, or every problem is named; never an exception, never a value that the API does not allow.</summary>
public class BodyReaderTests
{
    static readonly DateTimeOffset Now = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    static readonly string[] Bodies =
    [
        """{"events":[{"eventId":"e-1","userId":"ann","itemId":"dune","type":"purchase","timestamp":"2026-01-15T12:00:00Z","value":9.5},{"userId":"\u00fc\ud83c\udfba","itemId":"i"}]}""",
        """{"userId":"ann","history":["dune","solaris"],"k":5,"exclude":["emma"],"seed":42,"exploration":0.1,"explain":true,"placement":"home"}""",
        """{"items":[{"id":"dune","title":"Dune","categories":["novel"],"available":true,"imageUrl":"https://example.com/a.jpg","publishedAt":"1970-08-01T00:00:00Z","attributes":{"pages":412,"paperback":true}}]}""",
    ];

    static readonly string[] Pieces = ["null", "true", "1e999", "-0", "\\ud800", "\\u0000", "[[[[", "{\"a\":", "/*", "NaN", "\"\"", "1e-400", "99999999999999999999"];

    [Property(MaxTest = 500)]
    public void What_a_serializer_writes_is_read_back(NonEmptyArray<(NonEmptyString User, NonEmptyString Item, double Value)> rows)
    {
        var sent = rows.Get.Select((row, i) => new
        {
            eventId = $"e{i}", userId = Id(row.User), itemId = Id(row.Item), type = "view", timestamp = "2026-01-15T12:00:00Z", value = double.IsFinite(row.Value) ? row.Value : 0,
        }).ToArray();
        var errors = new RequestErrors();

        var read = EventsReader.Read(JsonSerializer.SerializeToUtf8Bytes(new { events = sent }), 1_000, Now, new EventIds(null), errors);

        Assert.False(errors.Any);
        Assert.Equal(sent.Select(e => (e.userId, e.itemId, (double?)e.value)), read.Select(e => (e.UserId, e.ItemId, e.Value)));

        // No half of a surrogate pair, which no JSON can carry.
        static string Id(NonEmptyString text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get.Length > 200 ? text.Get[..200] : text.Get));
    }

    [Fact]
    public void A_damaged_body_is_read_or_refused_and_nothing_else()
    {
        foreach (var seed in Fuzz.Seeds(min: 500))
        {
            var body = Fuzz.Damaged(new Random(seed), Bodies, Pieces);
            var problem = Record.Exception(() => Read(body));
            Assert.True(problem is null, $"seed {seed}: {problem}\n{Convert.ToHexString(body)}");
        }
    }

    static void Read(byte[] body)
    {
        var (inEvents, inItems, inRequest) = (new RequestErrors(), new RequestErrors(), new RequestErrors());
        var events = EventsReader.Read(body, 1_000, Now, new EventIds(null), inEvents);
        var items = ItemsReader.Read(body, 1_000, inItems);
        var request = RecommendationReader.FromJson(body, new ServeOptions(), inRequest);

        Assert.True(inEvents.Any || (events.Count is >= 1 and <= 1_000 && events.All(IsAllowed)), "events");
        Assert.True(inItems.Any || (items.Count is >= 1 and <= 1_000 && items.All(item => InteractionRules.IsId(item.Id))), "items");
        Assert.True(inRequest.Any || (request.K is >= 1 and <= 100 && (request.UserId is not null || request.History is not null)), "request");
    }

    static bool IsAllowed(Interaction e) => InteractionRules.IsId(e.UserId) && InteractionRules.IsId(e.ItemId) && InteractionRules.IsId(e.EventId)
        && InteractionRules.IsLabel(e.Type) && InteractionRules.IsLabel(e.Source) && InteractionRules.IsTimestamp(e.Timestamp, Now)
        && (e.Value is not { } value || double.IsFinite(value));
}
