using System.Text.Json;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Functions.Tests.Rules;
using SasRec.Storage.Log;

namespace SasRec.Functions.Tests.Serve;

[Collection<RuledTests>]
public class RailsTests(RuledApp ruled)
{
    readonly TestApp app = ruled.Serving.App;
    readonly TestModel model = ruled.Serving.Model;

    [Fact]
    public async Task Similar_items_have_filters_the_users_exclusions_exploration_and_a_row_in_the_ledger()
    {
        var user = await UserAsync(("item 11", "view"), ("item 29", "dislike"));
        var greedy = await app.GetAsync($"/api/items/item%2010/similar?userId={user}&k=3&allowCategories=c1&allowCategories=c3&placement=product");
        var items = greedy.GetProperty("items").EnumerateArray().ToArray();

        // Item 11 was seen, 8 and 12 are of other categories; 9 and 13 share the category of the disliked 29, which is on the far side.
        Assert.Equal(["item 7", "item 15", "item 9"], Ids(greedy));
        Assert.All(items, item => Assert.Equal((1.0, false), (item.GetProperty("propensity").GetDouble(), item.GetProperty("explored").GetBoolean())));
        var logged = await ImpressionAsync(greedy);
        Assert.Equal((user, "product", "similar", 0.0, 3), (logged.UserId, logged.Placement, logged.Recommender, logged.Temperature, logged.Items.Count));

        var drawn = await app.GetAsync("/api/items/item%2010/similar?k=6&temperature=2&epsilon=0.1&newItemShare=0");
        var impression = await ImpressionAsync(drawn);
        Assert.Equal(impression.Items.Select(item => item.Propensity), Propensity.OfSlate(impression), Close);
        Assert.All(drawn.GetProperty("items").EnumerateArray().Zip(impression.Items), pair =>
        {
            Assert.Equal(Math.Cos(2 * Math.PI * (Number(pair.Second.ItemId) - 10) / 40), pair.First.GetProperty("similarity").GetDouble(), 1e-5);
            Assert.Equal(10 * pair.First.GetProperty("similarity").GetDouble(), pair.Second.Score!.Value, 1e-4);
        });
    }

    [Fact]
    public async Task What_is_popular_is_by_window_and_category_and_comes_as_often_as_its_propensities_say()
    {
        var popular = await app.GetAsync("/api/popular?k=4&by=all&allowCategories=c2&preview=true");
        var expected = Enumerable.Range(0, 40).Where(i => i % 4 == 2).OrderByDescending(i => model.Counts[i]).Take(4).Select(i => $"item {i}");
        Assert.Equal(expected, Ids(popular));
        Assert.Equal("popularity-all", popular.GetProperty("source").GetString());
        var trending = await app.GetAsync("/api/popular?by=trend&preview=true&k=40");
        Assert.Equal(("trending", 40), (trending.GetProperty("source").GetString(), Ids(trending).Length));
        await app.GetAsync("/api/popular?by=week", 400);

        const int draws = 300;
        var (firsts, chances) = (new Dictionary<string, int>(), new Dictionary<string, double>());
        for (var seed = 0; seed < draws; seed++)
        {
            var first = (await app.GetAsync($"/api/popular?k=1&temperature=1&epsilon=0.2&newItemShare=0&allowCategories=c2&preview=true&seed={seed}")).GetProperty("items")[0];
            var id = first.GetProperty("itemId").GetString()!;
            firsts[id] = firsts.GetValueOrDefault(id) + 1;
            chances[id] = first.GetProperty("propensity").GetDouble();
        }

        Assert.All(chances, chance => Assert.InRange(
            firsts[chance.Key], (draws * chance.Value) - (4.5 * Math.Sqrt(draws * chance.Value)), (draws * chance.Value) + (4.5 * Math.Sqrt(draws * chance.Value)) + 1));
    }

    [Fact]
    public async Task Buy_again_has_only_what_was_seen_and_not_what_was_given_back()
    {
        var user = await UserAsync(("item 3", "purchase"), ("item 8", "purchase"), ("item 20", "view"), ("item 8", "return"));
        var again = await app.GetAsync($"/api/recommendations/{user}?onlySeen=true&k=10&temperature=0&epsilon=0&newItemShare=0");
        Assert.Equal(["item 20", "item 3"], Ids(again).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Pages_show_nothing_twice_and_their_propensities_are_given_what_was_shown()
    {
        var shown = new HashSet<string>();
        string? after = null;
        for (var page = 0; page < 5; page++)
        {
            var answer = await app.PostAsync(
                "/api/recommendations", new { history = new[] { "item 3" }, k = 7, temperature = 0.8, epsilon = 0.1, newItemShare = 0, after }, 200);
            Assert.Equal(39 - shown.Count, answer.GetProperty("eligible").GetInt32());
            Assert.All(Ids(answer), id => Assert.True(shown.Add(id)));
            var impression = await ImpressionAsync(answer);
            Assert.Equal(after, impression.After);
            Assert.Equal(impression.Items.Select(item => item.Propensity), Propensity.OfSlate(impression), Close);
            after = answer.GetProperty("recommendationId").GetString();
        }

        Assert.Equal(35, shown.Count);
        await app.PostAsync("/api/recommendations", new { history = new[] { "item 3" }, after = "no such" }, 400);
        await app.PostAsync("/api/recommendations", new { history = new[] { "item 3" }, after = Guid.CreateVersion7().ToString("N") }, 404);
    }

    [Fact]
    public async Task Candidates_are_put_in_the_order_of_the_network()
    {
        string[] allow = ["item 3", "item 30", "item 12", "item 7", "item 25"];
        var ranked = await app.PostAsync(
            "/api/recommendations", new { history = new[] { "item 3" }, allow, k = 5, temperature = 0, epsilon = 0, newItemShare = 0, excludeSeen = false }, 200);
        Assert.Equal(allow.OrderByDescending(id => model.Score(3, Number(id))).ThenBy(Number), Ids(ranked));
    }

    static string[] Ids(JsonElement slate) => [.. slate.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!)];

    static int Number(string id) => int.Parse(id.Split(' ')[1]);

    static bool Close(double a, double b) => Math.Abs(a - b) < 1e-6;

    async Task<Impression> ImpressionAsync(JsonElement slate) => (await Eventually.GetAsync(
        "the impression is logged", () => app.Get<ImpressionLog>().GetAsync(slate.GetProperty("recommendationId").GetString()!), found => found is not null))!;

    async Task<string> UserAsync(params (string Item, string Type)[] events)
    {
        var user = $"r{Guid.NewGuid():N}";
        await app.PostAsync("/api/events", new
        {
            events = events.Select((e, i) => new { eventId = $"{user}-{i}", userId = user, itemId = e.Item, type = e.Type, timestamp = DateTimeOffset.UtcNow.AddMinutes(i - 60) }),
        }, 202);
        await Eventually.TrueAsync("the events are in the log", async () =>
            (await app.GetAsync($"/api/users/{user}")).GetProperty("interactions").GetArrayLength() == events.Length);
        return user;
    }
}
