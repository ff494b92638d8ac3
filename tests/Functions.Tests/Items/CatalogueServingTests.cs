using System.Text.Json;
using SasRec.Core.Explore;
using SasRec.Functions.Tests.Serve;
using SasRec.Storage.Log;

namespace SasRec.Functions.Tests.Items;

/// <summary>Tests that ask the same model and catalogue, and take away again what they put into it: one application serves them all.</summary>
[CollectionDefinition]
public sealed class CatalogueTests : ICollectionFixture<ShopApp>;

/// <summary>An application whose catalogue knows some of the model's 40 items, and some that the model does not know.</summary>
public sealed class ShopApp : IAsyncLifetime
{
    internal ServingApp Serving { get; } = new();

    internal static string Title(string id) => $"<b>{id}</b> & \"more\"";

    public async ValueTask InitializeAsync()
    {
        await Serving.InitializeAsync();
        object[] items =
        [
            .. Enumerable.Range(0, 20).Select(i => (object)new
            {
                id = $"item {i}", title = Title($"item {i}"), categories = new[] { i % 2 == 0 ? "even" : "odd", "known" }, available = i != 6,
            }),
            .. Enumerable.Range(0, 3).Select(i => (object)new
            {
                id = $"neu {i} 🎺", title = "new", categories = new[] { "fresh" }, imageUrl = $"https://example.com/{i}.jpg",
            }),
            new { id = "expired", title = "over", categories = new[] { "fresh" }, expiresAt = "2020-01-01T00:00:00Z" },
            new { id = "item 4", title = "not yet", categories = new[] { "even" }, publishedAt = "2999-01-01T00:00:00Z" },
        ];
        await Serving.App.SendAsync(HttpMethod.Put, "/api/items", 200, new { items = items.Where(item => !item.Equals(items[4])) });
        await Eventually.TrueAsync("the catalogue serves", async () =>
            (await Serving.App.PostAsync("/api/recommendations", new { history = Array.Empty<string>(), preview = true }, 200)).GetProperty("newEligible").GetInt32() == 3);
    }

    public ValueTask DisposeAsync() => Serving.DisposeAsync();
}

[Collection<CatalogueTests>]
public class CatalogueServingTests(ShopApp shop)
{
    readonly TestApp app = shop.Serving.App;

    [Fact]
    public async Task Filters_leave_exactly_what_the_catalogue_says()
    {
        string[] known = [.. Enumerable.Range(0, 40).Except([4, 6]).Select(i => $"item {i}")];
        string[] fresh = ["neu 0 🎺", "neu 1 🎺", "neu 2 🎺"];
        string[] even = ["item 0", "item 2", "item 8", "item 10", "item 12", "item 14", "item 16", "item 18"];
        string[] odd = [.. Enumerable.Range(0, 10).Select(i => $"item {(2 * i) + 1}")];
        await LeavesAsync(new { }, [.. known, .. fresh]);
        await LeavesAsync(new { allowCategories = new[] { "even" } }, even);
        await LeavesAsync(new { allowCategories = new[] { "even", "fresh", "no such" } }, [.. even, .. fresh]);
        await LeavesAsync(new { allowCategories = Array.Empty<string>() }, []);
        await LeavesAsync(new { allowCategories = new[] { "known" }, denyCategories = new[] { "odd" } }, even);
        await LeavesAsync(new { denyCategories = new[] { "known" } }, [.. known.Skip(18), .. fresh]);
        await LeavesAsync(new { allow = new[] { "item 1", "item 2", "item 6", "neu 1 🎺", "expired" }, allowCategories = new[] { "odd", "fresh" } }, ["item 1", "neu 1 🎺"]);
        await LeavesAsync(new { deny = fresh, allowCategories = new[] { "odd", "fresh" } }, odd);
        await LeavesAsync(new { history = new[] { "neu 0 🎺", "item 1" }, exclude = new[] { "neu 1 🎺" }, allowCategories = new[] { "odd", "fresh" } }, [.. odd[1..], "neu 2 🎺"]);
        var byQuery = await app.GetAsync("/api/recommendations/somebody%20else?k=100&allowCategories=even&allowCategories=fresh&denyCategories=fresh&preview=true");
        Assert.Equal(even.Order(), Ids(byQuery).Order());
    }

    [Fact]
    public async Task Categories_out_of_range_are_refused_by_name()
    {
        var refused = await app.PostAsync(
            "/api/recommendations", new { history = Array.Empty<string>(), allowCategories = Enumerable.Repeat("x", 101), denyCategories = new[] { "" }, newItemShare = 1.5 }, 400);
        Assert.Equal(
            ["allowCategories", "denyCategories[0]", "newItemShare"], refused.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("field").GetString()).Order());
    }

    [Fact]
    public async Task Answers_name_what_the_catalogue_knows_and_markup_stays_text()
    {
        var slate = await RecommendAsync(new { history = new[] { "item 3" }, k = 100 });
        foreach (var item in slate.GetProperty("items").EnumerateArray())
        {
            var id = item.GetProperty("itemId").GetString()!;
            var number = int.Parse(id.Split(' ')[1]);
            var isNew = id.StartsWith("neu", StringComparison.Ordinal);
            Assert.Equal(isNew, item.GetProperty("isNew").GetBoolean());
            Assert.Equal(isNew, item.GetProperty("score").ValueKind == JsonValueKind.Null);
            Assert.Equal(isNew ? "new" : number < 20 ? ShopApp.Title(id) : null, item.TryGetProperty("title", out var title) ? title.GetString() : null);
            Assert.Equal(isNew || number < 20, item.TryGetProperty("categories", out _));
            Assert.Equal(isNew ? $"https://example.com/{number}.jpg" : null, item.TryGetProperty("imageUrl", out var image) ? image.GetString() : null);
        }

        var similar = await app.GetAsync("/api/items/item%205/similar?k=40");
        Assert.DoesNotContain(similar.GetProperty("items").EnumerateArray(), i => i.GetProperty("itemId").GetString() is "item 4" or "item 6");
        Assert.Equal(ShopApp.Title("item 7"), similar.GetProperty("items").EnumerateArray().First(i => i.GetProperty("itemId").GetString() == "item 7").GetProperty("title").GetString());
    }

    [Theory]
    [InlineData("known user", 0.3, 0.1, 0.2)]
    [InlineData("unknown user", 0.5, 0, 0.3)]
    [InlineData("known user", 0, 0, 0.25)]
    public async Task New_items_come_as_often_as_their_propensities_say(string user, double temperature, double epsilon, double newItemShare)
    {
        // The first slot of 400 slates: each new item has the same chance there, and the others together the rest.
        const int draws = 400;
        string[] history = user == "known user" ? ["item 9"] : [];
        var counts = new Dictionary<string, int>();
        for (var seed = 0; seed < draws; seed++)
        {
            var slate = await RecommendAsync(new { history, k = 2, temperature, epsilon, newItemShare, seed });
            var first = slate.GetProperty("items")[0];
            var (eligible, isNew) = (slate.GetProperty("eligible").GetInt32(), first.GetProperty("isNew").GetBoolean());
            if (isNew)
            {
                Assert.Equal((newItemShare / 3) + ((1 - newItemShare) * epsilon / eligible), first.GetProperty("propensity").GetDouble(), 1e-9);
            }

            var key = isNew ? first.GetProperty("itemId").GetString()! : "others";
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        var chance = (newItemShare / 3) + ((1 - newItemShare) * epsilon / (41 - history.Length));
        var expected = new Dictionary<string, double> { ["others"] = draws * (1 - (3 * chance)) };
        Array.ForEach(["neu 0 🎺", "neu 1 🎺", "neu 2 🎺"], id => expected[id] = draws * chance);
        var chiSquared = expected.Sum(e => Math.Pow(counts.GetValueOrDefault(e.Key) - e.Value, 2) / e.Value);
        Assert.InRange(chiSquared, 0, 3 + (4 * Math.Sqrt(6))); // Three degrees of freedom, four deviations.
    }

    [Fact]
    public async Task A_new_item_is_explained_by_its_chance_and_reasons_have_titles()
    {
        var slate = await RecommendAsync(new { history = new[] { "item 9", "item 3" }, k = 5, newItemShare = 1, epsilon = 0, explain = true });
        var items = slate.GetProperty("items").EnumerateArray().ToArray();
        var fresh = items.Where(item => item.GetProperty("isNew").GetBoolean()).ToArray();
        Assert.Equal(3, fresh.Length);

        // Every slot is theirs as long as there are any, and the chance is an estimate with an error.
        Assert.All(fresh, item => Assert.Equal(
            1, item.GetProperty("chance").GetDouble(), (4 * item.GetProperty("chanceError").GetDouble()) + 1e-6));
        Assert.All(fresh, item => Assert.Equal(0, item.GetProperty("because").GetArrayLength()));
        var reasons = items.SelectMany(item => item.GetProperty("because").EnumerateArray()).ToArray();
        Assert.All(reasons, reason => Assert.Equal(ShopApp.Title(reason.GetProperty("itemId").GetString()!), reason.GetProperty("title").GetString()));
        Assert.DoesNotContain(slate.GetProperty("candidates").EnumerateArray(), c => c.GetProperty("itemId").GetString()!.StartsWith("neu", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_impression_has_what_gives_back_its_propensities()
    {
        for (var seed = 1; seed < 10; seed++)
        {
            var slate = await app.PostAsync(
                "/api/recommendations", new { history = new[] { "item 9" }, k = 6, temperature = 0.7, epsilon = 0.1, newItemShare = 0.4, seed }, 200);
            var id = slate.GetProperty("recommendationId").GetString()!;
            var impression = await Eventually.GetAsync("the impression is kept", () => app.Get<ImpressionLog>().GetAsync(id), found => found is not null);
            Assert.Equal((0.4, 3, 40), (impression!.NewItemShare, impression.NewEligibleCount, impression.EligibleCount));
            Assert.Equal(slate.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("isNew").GetBoolean()), impression.Items.Select(i => i.IsNew));
            Assert.All(
                impression.Items.Zip(Propensity.OfSlate(impression)), pair => Assert.Equal(1, pair.First.Propensity / pair.Second, 1e-5));
        }
    }

    [Fact]
    public async Task Every_instance_follows_a_change_within_moments_and_a_new_one_begins_with_it()
    {
        await using var second = await app.StartAnotherAsync();
        await second.ServesAsync((await app.HealthAsync()).GetProperty("model").GetProperty("serving").GetString()!);
        var id = $"late {Guid.NewGuid():N}";
        TestApp[] both = [app, second];
        await app.SendAsync(HttpMethod.Put, "/api/items", 200, new { items = new[] { new { id, title = "late", categories = new[] { id } } } });
        await AllAsync(id, 1);
        await second.SendAsync(HttpMethod.Put, "/api/items", 200, new { items = new[] { new { id, title = "late", categories = new[] { id }, available = false } } });
        await AllAsync(id, 0);
        await app.SendAsync(HttpMethod.Delete, $"/api/items/{id}", 200);
        await Eventually.TrueAsync("it is nowhere", async () =>
            (await Task.WhenAll(both.Select(one => one.GetAsync($"/api/items?search={id}")))).All(page => page.GetProperty("items").GetArrayLength() == 0));

        Task AllAsync(string category, int eligible) => Eventually.TrueAsync($"{eligible} of {category}", async () =>
            (await Task.WhenAll(both.Select(one => RecommendAsync(one, new { history = Array.Empty<string>(), allowCategories = new[] { category } }))))
                .All(slate => slate.GetProperty("eligible").GetInt32() == eligible));
    }

    async Task LeavesAsync(object filters, string[] expected)
    {
        var slate = await RecommendAsync(filters);
        Assert.Equal(expected.Order(), Ids(slate).Order());
        Assert.Equal(expected.Length, slate.GetProperty("eligible").GetInt32());
        Assert.Equal(expected.Count(id => id.StartsWith("neu", StringComparison.Ordinal)), slate.GetProperty("newEligible").GetInt32());
    }

    Task<JsonElement> RecommendAsync(object request) => RecommendAsync(app, request);

    static Task<JsonElement> RecommendAsync(TestApp app, object request)
    {
        var body = JsonSerializer.SerializeToNode(request)!.AsObject();
        body.TryAdd("history", new System.Text.Json.Nodes.JsonArray());
        body.TryAdd("k", 100);
        body.TryAdd("preview", true);
        return app.PostAsync("/api/recommendations", body, 200);
    }

    static string[] Ids(JsonElement slate) => [.. slate.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("itemId").GetString()!)];
}
