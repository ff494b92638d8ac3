using System.Diagnostics;
using System.Text.Json;
using SasRec.Core.Events;
using SasRec.Storage.Log;

namespace SasRec.Functions.Tests.Serve;

[Collection<ServingTests>]
public class RecommendationTests(ServingApp serving)
{
    readonly TestApp app = serving.App;
    readonly TestModel model = serving.Model;
    readonly string user = $"ü/{Guid.NewGuid():N}";

    [Fact]
    public async Task A_greedy_slate_is_the_order_of_the_scores_without_what_was_seen()
    {
        var slate = await PostAsync(new { history = new[] { "item 3", "item 8" }, k = 4, temperature = 0, epsilon = 0 });
        var expected = Enumerable.Range(0, 40).Where(i => i is not (3 or 8)).OrderByDescending(i => model.Score(8, i)).Take(4).ToArray();
        var items = Items(slate);
        Assert.Equal(expected.Select(i => $"item {i}"), items.Select(i => i.ItemId));
        Assert.Equal([1, 2, 3, 4], items.Select(i => i.Rank));
        Assert.Equal(expected.Select(i => (double)model.Score(8, i)), items.Select(i => i.Score!.Value));
        Assert.All(items, item => Assert.Equal((1.0, false), (item.Propensity, item.Explored)));
        Assert.Equal((38, 0, "sasrec", serving.Version), (
            slate.GetProperty("eligible").GetInt32(), slate.GetProperty("unknownItems").GetInt32(),
            slate.GetProperty("source").GetString(), slate.GetProperty("modelVersion").GetString()));
        Assert.True(slate.GetProperty("logged").GetBoolean());
    }

    [Fact]
    public async Task Propensities_are_those_of_the_mixture_over_what_was_eligible()
    {
        const double temperature = 0.8, epsilon = 0.15;
        var slate = await PostAsync(new { history = new[] { "item 0" }, k = 6, temperature, epsilon, seed = 11 });
        var left = Enumerable.Range(1, 39).ToHashSet();
        foreach (var item in Items(slate))
        {
            var index = Array.IndexOf(model.Items, item.ItemId);
            var sum = left.Sum(i => Math.Exp(model.Score(0, i) / temperature));
            var expected = ((1 - epsilon) * Math.Exp(model.Score(0, index) / temperature) / sum) + (epsilon / left.Count);
            Assert.Equal(expected, item.Propensity, 1e-6);
            Assert.True(left.Remove(index));
        }

        Assert.Equal(6, Items(slate).Length);
    }

    [Fact]
    public async Task The_same_seed_draws_the_same_slate_and_no_seed_draws_others()
    {
        static object Body(int? seed) => new { history = new[] { "item 0" }, k = 10, temperature = 2, epsilon = 0.5, seed };
        static string Slate(JsonElement answer) => string.Join(',', Items(answer).Select(i => i.ItemId));
        Assert.Equal(Slate(await PostAsync(Body(5))), Slate(await PostAsync(Body(5))));
        var free = new List<JsonElement>();
        for (var i = 0; i < 5; i++)
        {
            free.Add(await PostAsync(Body(null)));
        }

        Assert.True(free.Select(Slate).Distinct().Count() > 1);
        var seeds = free.Select(answer => answer.GetProperty("policy").GetProperty("seed").GetUInt64()).ToArray();
        Assert.Equal(5, seeds.Distinct().Count());
        Assert.All(seeds, seed => Assert.InRange(seed, 0UL, (1UL << 53) - 1));
        Assert.Equal(5, free.Select(answer => answer.GetProperty("recommendationId").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task An_unknown_user_gets_what_is_popular_with_propensities()
    {
        const double temperature = 0.5, epsilon = 0.1;
        var slate = await app.GetAsync($"/api/recommendations/{Uri.EscapeDataString(user)}?k=5&temperature={temperature}&epsilon={epsilon}&seed=3");
        Assert.Equal("popularity", slate.GetProperty("source").GetString());
        Assert.Equal(user, slate.GetProperty("userId").GetString());
        var left = Enumerable.Range(0, 40).ToHashSet();
        foreach (var item in Items(slate))
        {
            var index = Array.IndexOf(model.Items, item.ItemId);
            Assert.Equal(Math.Log(1 + model.Counts[index]), item.Score!.Value, 1e-6);
            var sum = left.Sum(i => Math.Pow(1 + model.Counts[i], 1 / temperature));
            var expected = ((1 - epsilon) * Math.Pow(1 + model.Counts[index], 1 / temperature) / sum) + (epsilon / left.Count);
            Assert.Equal(expected, item.Propensity, 1e-5);
            left.Remove(index);
        }
    }

    [Fact]
    public async Task Unknown_items_of_a_history_are_passed_over_and_counted()
    {
        string[] history = ["?", "item 8", "new 1", "new 2"];
        var slate = await PostAsync(new { history, deny = new[] { "no such" }, k = 1, temperature = 0, epsilon = 0 });
        Assert.Equal(model.Items[Best(8, i => i != 8)], Items(slate)[0].ItemId);
        Assert.Equal(4, slate.GetProperty("unknownItems").GetInt32());
        Assert.Equal("popularity", (await PostAsync(new { history = new[] { "?" } })).GetProperty("source").GetString());
        Assert.Equal("popularity", (await PostAsync(new { history = Array.Empty<string>() })).GetProperty("source").GetString());
    }

    [Fact]
    public async Task A_history_longer_than_the_model_sees_counts_by_its_newest_items()
    {
        var history = Enumerable.Range(0, 30).Select(i => $"item {i}").ToArray();
        var slate = await PostAsync(new { history, k = 10, temperature = 0, epsilon = 0 });
        Assert.Equal(
            Enumerable.Range(30, 10).OrderByDescending(i => model.Score(29, i)).Select(i => $"item {i}"), Items(slate).Select(i => i.ItemId));
    }

    [Fact]
    public async Task Lists_allow_deny_and_exclude()
    {
        string[] allow = ["item 1", "item 2", "item 3", "item 4", "item 5"], history = ["item 5"];
        var slate = await PostAsync(new { history, k = 100, allow, deny = new[] { "item 1" }, exclude = new[] { "item 2" }, temperature = 1 });
        Assert.Equal(["item 3", "item 4"], Items(slate).Select(i => i.ItemId).Order());
        Assert.Equal(2, slate.GetProperty("eligible").GetInt32());
        var again = await PostAsync(new { history, k = 100, allow, excludeSeen = false });
        Assert.Equal(allow, Items(again).Select(i => i.ItemId).Order());
        var byQuery = await app.GetAsync($"/api/recommendations/{Uri.EscapeDataString(user)}?k=9&allow=item%201&allow=item%202&deny=item%201");
        Assert.Equal(["item 2"], Items(byQuery).Select(i => i.ItemId));
    }

    [Fact]
    public async Task Where_nothing_is_eligible_the_slate_is_empty_and_not_logged()
    {
        string[] history = ["item 5"];
        var slate = await PostAsync(new { history, allow = new[] { "item 5", "no such" } });
        Assert.Empty(Items(slate));
        Assert.Equal(0, slate.GetProperty("eligible").GetInt32());
        Assert.False(slate.GetProperty("logged").GetBoolean());
        Assert.Empty(Items(await PostAsync(new { history, allow = Array.Empty<string>() })));
    }

    [Fact]
    public async Task The_next_recommendation_reflects_an_accepted_event_well_under_two_seconds_later()
    {
        await app.PostAsync("/api/events", new { events = new[] { new { userId = user, itemId = "item 3", timestamp = "2026-01-01T00:00:00Z" } } }, 202);
        await ReflectedAsync(3, _ => true);
        await app.PostAsync("/api/events", new { events = new[] { new { userId = user, itemId = "item 8" } } }, 202);
        var clock = Stopwatch.StartNew();
        await ReflectedAsync(8, i => i is not (3 or 8));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 2);

        async Task ReflectedAsync(int last, Func<int, bool> unseen) => await Eventually.TrueAsync($"item {last} is reflected", async () =>
        {
            var slate = await app.GetAsync($"/api/recommendations/{Uri.EscapeDataString(user)}?k=1&temperature=0&epsilon=0");
            return slate.GetProperty("source").GetString() == "sasrec"
                && Items(slate)[0].ItemId == model.Items[Best(last, i => i != last && unseen(i))];
        });
    }

    [Fact]
    public async Task The_impression_is_logged_as_it_was_answered()
    {
        var slate = await PostAsync(
            new { userId = user, history = new[] { "item 0" }, k = 3, placement = "home", temperature = 1.5, epsilon = 0.25, seed = 9 });
        Assert.True(slate.GetProperty("logged").GetBoolean());
        var id = slate.GetProperty("recommendationId").GetString()!;
        var impression = await Eventually.GetAsync(
            "the impression is logged", () => app.Get<ImpressionLog>().GetAsync(id), found => found is not null);
        Assert.Equal((user, "home", serving.Version, "sasrec"), (impression!.UserId, impression.Placement, impression.ModelVersion, impression.Recommender));
        Assert.Equal((1.5, 0.25, 9UL, 39), (impression.Temperature, impression.Epsilon, impression.Seed, impression.EligibleCount));
        Assert.Equal(Items(slate), impression.Items.Select(item => item with { Greedy = null }));
        Assert.All(impression.Items, item => Assert.NotNull(item.Greedy));
        Assert.True(impression.Seeded);

        // With what was left out, the propensity of every slot follows from the scores alone.
        var unserved = Math.Exp(impression.UnservedLogSumExp!.Value / 1.5);
        for (var slot = 0; slot < 3; slot++)
        {
            var sum = unserved + impression.Items.Skip(slot).Sum(i => Math.Exp(i.Score!.Value / 1.5));
            var expected = (0.75 * Math.Exp(impression.Items[slot].Score!.Value / 1.5) / sum) + (0.25 / (39 - slot));
            Assert.Equal(expected, impression.Items[slot].Propensity, 1e-5);
        }
    }

    [Fact]
    public async Task Requests_beside_each_other_do_not_mix() =>
        await Parallel.ForEachAsync(Enumerable.Range(0, 400), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            var last = i % 40;
            var slate = await PostAsync(new { history = new[] { $"item {last}" }, k = 3, temperature = 0, epsilon = 0 });
            Assert.Equal(
                Enumerable.Range(0, 40).Where(j => j != last).OrderByDescending(j => model.Score(last, j)).Take(3).Select(j => $"item {j}"),
                Items(slate).Select(item => item.ItemId));
        });

    [Theory]
    [InlineData("k=0", "k", "0", "1 to 100")]
    [InlineData("k=101", "k", "101", "1 to 100")]
    [InlineData("k=ten", "k", "ten", "1 to 100")]
    [InlineData("k=1&k=2", "k", "given again", "given once")]
    [InlineData("temperature=-1", "temperature", "-1", "0, or 0.000001 to 1000000")]
    [InlineData("temperature=NaN", "temperature", "NaN", "0, or 0.000001 to 1000000")]
    [InlineData("temperature=1e-9", "temperature", "1e-9", "0, or 0.000001 to 1000000")]
    [InlineData("epsilon=1.5", "epsilon", "1.5", "0 to 1")]
    [InlineData("seed=-1", "seed", "-1", "0 to 9007199254740991")]
    [InlineData("excludeSeen=yes", "excludeSeen", "yes", "true or false")]
    [InlineData("placement=", "placement", "", "1 to 64")]
    [InlineData("exclude=a&exclude=", "exclude[1]", "", "1 to 256")]
    [InlineData("size=10", "size", "10", "absent")]
    public async Task A_bad_parameter_is_named_with_its_range(string query, string field, string value, string range)
    {
        var problem = await app.GetAsync($"/api/recommendations/u?{query}", 400);
        var error = Assert.Single(problem.GetProperty("errors").EnumerateArray().ToArray());
        Assert.Equal((field, value), (error.GetProperty("field").GetString(), error.GetProperty("value").GetString()));
        Assert.Contains(range, error.GetProperty("range").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_bad_field_of_a_body_is_named()
    {
        var problem = await app.PostAsync(
            "/api/recommendations",
            """
            {"k":1.5,"temperature":1e7,"epsilon":"0","seed":9007199254740992,"placement":7,"allow":"x","deny":["",3,"ok"],"excludeSeen":1,
             "history":{},"page":2}
            """,
            400);
        Assert.Equal(
            ["k", "temperature", "epsilon", "seed", "placement", "allow", "deny[0]", "deny[1]", "excludeSeen", "history", "page"],
            problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("field").GetString()));
        var nobody = await app.PostAsync("/api/recommendations", "{}", 400);
        Assert.Equal("userId", nobody.GetProperty("errors")[0].GetProperty("field").GetString());
        await app.PostAsync("/api/recommendations", "", 400);
    }

    [Fact]
    public async Task Similar_items_are_ordered_by_the_angle_between_their_embeddings()
    {
        var answer = await app.GetAsync("/api/items/item%2010/similar?k=4");
        var items = answer.GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(["item 11", "item 9"], items[..2].Select(i => i.GetProperty("itemId").GetString()).Order());
        Assert.Equal(["item 12", "item 8"], items[2..].Select(i => i.GetProperty("itemId").GetString()).Order());
        Assert.Equal(Math.Cos(2 * Math.PI / 40), items[0].GetProperty("similarity").GetDouble(), 1e-5);
        Assert.Equal(Math.Cos(4 * Math.PI / 40), items[3].GetProperty("similarity").GetDouble(), 1e-5);
        Assert.Equal(39, (await app.GetAsync("/api/items/item%2010/similar?k=100")).GetProperty("items").GetArrayLength());
        await app.GetAsync("/api/items/nothing/similar", 404);
        await app.GetAsync("/api/items/item%2010/similar?k=0", 400);
    }

    int Best(int last, Func<int, bool> eligible) => Enumerable.Range(0, 40).Where(eligible).MaxBy(i => model.Score(last, i));

    Task<JsonElement> PostAsync(object body) => app.PostAsync("/api/recommendations", body, 200);

    static ServedItem[] Items(JsonElement slate) => slate.GetProperty("items").Deserialize<ServedItem[]>(JsonSerializerOptions.Web)!;
}
