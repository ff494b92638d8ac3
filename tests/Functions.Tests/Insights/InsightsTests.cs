using System.Text.Json;
using SasRec.Functions.Serve;
using SasRec.Functions.Tests.Serve;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Insights;

/// <summary>An application whose slates count at once and whose reports are always new.</summary>
public sealed class InsightsApp : IAsyncLifetime
{
    TestApp? app;

    internal TestApp App => app ?? throw new InvalidOperationException("The application has not started.");

    internal string Version { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        app = await TestApp.StartAsync("Insights:Maturity=00:00:00", "Insights:KeepFor=00:00:00", "Insights:Slates=100");
        Version = await new TestModel(40).PublishAsync(app.Get<ModelRegistry>());
        await app.ServesAsync(Version);
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }
    }
}

public class InsightsTests(InsightsApp insights) : IClassFixture<InsightsApp>
{
    readonly TestApp app = insights.App;

    [Fact]
    public async Task Served_seen_and_acted_on_are_joined_through_the_api_alone()
    {
        var (place, user) = (Place(), "ü " + Guid.NewGuid());
        var first = await ServeAsync(user, place);
        var second = await ServeAsync(user, place);
        var (id, items) = (first.GetProperty("recommendationId").GetString()!, first.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("itemId").GetString()!).ToArray());
        object[] events =
        [
            new { eventId = "1", userId = user, itemId = items[0], type = "impression-seen", recommendationId = id },
            new { eventId = "2", userId = user, itemId = items[1], type = "impression-seen", recommendationId = id },
            new { eventId = "3", userId = user, itemId = items[1], type = "click", recommendationId = id },
            new { eventId = "4", userId = user, itemId = items[1], type = "purchase", recommendationId = id },
            new { eventId = "5", userId = user, itemId = "not of the slate", recommendationId = id },
            new { eventId = "6", userId = user, itemId = "organic" },
        ];
        await app.PostAsync("/api/events", new { events }, 202);
        await app.PostAsync("/api/events", new { events }, 202);

        var report = await Eventually.GetAsync(
            "the click is in the report",
            () => app.GetAsync($"/api/insights?placement={place}"),
            r => r.GetProperty("total").GetProperty("interacted").GetInt32() == 1 && r.GetProperty("activity").GetProperty("days").GetArrayLength() == 1
                && r.GetProperty("activity").GetProperty("days")[0].GetProperty("interactions").GetInt32() == 4);

        var total = report.GetProperty("total");
        Assert.Equal((10, 2, 0.1), (total.GetProperty("served").GetInt32(), total.GetProperty("seen").GetInt32(), total.GetProperty("plain").GetDouble()));
        Assert.Equal(0.5, total.GetProperty("ofSeen").GetDouble());
        Assert.Equal([0, 1, 0, 0, 0], report.GetProperty("ranks").EnumerateArray().Select(r => r.GetProperty("interacted").GetInt32()));
        Assert.Equal(place, Assert.Single(report.GetProperty("placements").EnumerateArray().ToArray()).GetProperty("key").GetString());
        Assert.Equal("cold", Assert.Single(report.GetProperty("segments").EnumerateArray().ToArray()).GetProperty("key").GetString());
        Assert.Equal(insights.Version, Assert.Single(report.GetProperty("models").EnumerateArray().ToArray()).GetProperty("version").GetString());
        Assert.Equal(40, report.GetProperty("spread").GetProperty("catalogue").GetInt32());
        Assert.Equal((2, 0), (report.GetProperty("slates").GetProperty("counted").GetInt32(), report.GetProperty("slates").GetProperty("immature").GetInt32()));
        var day = report.GetProperty("activity").GetProperty("days")[0];
        Assert.Equal((3, 1), (day.GetProperty("throughSlates").GetInt32(), day.GetProperty("organic").GetInt32()));
        Assert.False(report.GetProperty("total").GetProperty("enough").GetBoolean());

        // The impression has what the advice needs, and the sightings are in no history.
        var logged = await app.Get<ImpressionLog>().GetAsync(second.GetProperty("recommendationId").GetString()!);
        Assert.Equal((0, 12), (logged!.HistoryCount, logged.UnservedLogSumExps!.Count));
        var history = await app.GetAsync($"/api/users/{Uri.EscapeDataString(user)}");
        Assert.Equal(["click", "purchase", "view", "view"], history.GetProperty("interactions").EnumerateArray().Select(i => i.GetProperty("type").GetString()).Order());
    }

    [Fact]
    public async Task Every_slate_that_was_answered_as_logged_is_in_the_ledger_once_however_often_its_message_comes()
    {
        var place = Place();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => ServeAsync($"durable {i}", place)));
        var logged = answers.Where(a => a.GetProperty("logged").GetBoolean()).Select(a => a.GetProperty("recommendationId").GetString()!).ToArray();
        var slates = await Task.WhenAll(logged.Select(id => Eventually.GetAsync(
            "the slate is logged", () => app.Get<ImpressionLog>().GetAsync(id), found => found is not null)));

        var marker = slates[0]! with { RecommendationId = RecommendationId.New(TimeProvider.System) };
        await app.Get<ImpressionQueue>().SendAsync([.. slates.Select(s => s!), .. slates.Select(s => s!), marker]);
        await Eventually.GetAsync("the messages are taken", () => app.Get<ImpressionLog>().GetAsync(marker.RecommendationId), found => found is not null);
        Assert.Equal(logged.Length + 1, Slates(await app.GetAsync($"/api/insights?placement={place}")));
    }

    [Fact]
    public async Task A_window_and_a_deleted_user_leave_what_they_should()
    {
        var (place, user) = (Place(), "leaver " + Guid.NewGuid());
        await ServeAsync(user, place);
        var path = $"/api/insights?placement={place}";
        await Eventually.TrueAsync("the slate is in the report", async () => Slates(await app.GetAsync(path)) == 1);
        Assert.Equal(0, Slates(await app.GetAsync(path + "&to=2026-01-01T00:00:00Z&from=2025-12-01T00:00:00%2B01:00")));
        Assert.Equal(0, Slates(await app.GetAsync("/api/insights?placement=" + Place())));

        await app.SendAsync(HttpMethod.Delete, $"/api/users/{Uri.EscapeDataString(user)}", 200);
        var left = await app.GetAsync(path);
        Assert.Equal(1, Slates(left));
        Assert.Equal(JsonValueKind.Null, left.GetProperty("activity").ValueKind);
        Assert.DoesNotContain(user, left.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_more_slates_are_looked_at_than_the_setting_allows_and_the_report_says_so()
    {
        var one = (await ServeAsync("one of many", Place())).GetProperty("recommendationId").GetString()!;
        var served = await Eventually.GetAsync("the slate is logged", () => app.Get<ImpressionLog>().GetAsync(one), found => found is not null);

        // Of an hour ago, so that they are not the newest to the other tests.
        var past = new ManualTime(DateTimeOffset.UtcNow.AddHours(-1));
        await app.Get<ImpressionLog>().AppendAsync([.. Enumerable.Range(0, 120).Select(_ => served! with { RecommendationId = RecommendationId.New(past) })]);
        var report = await Eventually.GetAsync(
            "the limit is reached", () => app.GetAsync("/api/insights"), r => !r.GetProperty("slates").GetProperty("complete").GetBoolean());
        Assert.Equal((100, 100), (report.GetProperty("slates").GetProperty("looked").GetInt32(), report.GetProperty("slates").GetProperty("limit").GetInt32()));
        Assert.Equal(100, Slates(report));
    }

    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=2026-01-01T00:00:00", "to")]
    [InlineData("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("window=7", "window")]
    public async Task A_bad_parameter_is_named(string query, string field)
    {
        var refused = await app.GetAsync("/api/insights?" + query, 400);
        Assert.Equal(field, Assert.Single(refused.GetProperty("errors").EnumerateArray().ToArray()).GetProperty("field").GetString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("none of ours")]
    public async Task A_sighting_must_name_its_slate(string? recommendationId)
    {
        var refused = await app.PostAsync(
            "/api/events", new { events = new[] { new { userId = "u", itemId = "i", type = "impression-seen", recommendationId } } }, 400);
        Assert.Equal("events[0].recommendationId", Assert.Single(refused.GetProperty("errors").EnumerateArray().ToArray()).GetProperty("field").GetString());
    }

    static string Place() => "p" + Guid.NewGuid().ToString("N");

    static int Slates(JsonElement report) => report.GetProperty("slates").GetProperty("counted").GetInt32();

    Task<JsonElement> ServeAsync(string user, string place) =>
        app.GetAsync($"/api/recommendations/{Uri.EscapeDataString(user)}?k=5&placement={place}");
}
