using System.Text.Json;
using SasRec.Core.Content;
using SasRec.Core.Explore;
using SasRec.Core.Items;
using SasRec.Storage.Log;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Serve;

/// <summary>An application whose model knows chairs, lamps and sofas by their category.</summary>
public sealed class ContentApp : IAsyncLifetime
{
    TestApp? app;

    internal TestApp App => app ?? throw new InvalidOperationException("The application has not started.");

    internal TestModel Model { get; } = new(40);

    /// <summary>Chairs stand at (3, 4), lamps at (-5, 2), sofas at (-2, -6).</summary>
    internal static ContentMap Map()
    {
        uint Hash(string category) => ContentFeatures.Of(new CatalogueItem { Id = "1", Title = "!", Categories = [category] })[0].Hash;
        return new ContentMap([Hash("chairs"), Hash("lamps"), Hash("sofas")], [3, 4, -5, 2, -2, -6], [0, 0]);
    }

    public async ValueTask InitializeAsync()
    {
        app = await TestApp.StartAsync();
        await app.ServesAsync(await Model.PublishAsync(app.Get<ModelRegistry>(), content: Map()));
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }
    }
}

/// <summary>A new item is recommended by what it is, seconds after it is put into the catalogue.</summary>
public sealed class ContentServingTests(ContentApp shop) : IClassFixture<ContentApp>
{
    static readonly string[] History = ["item 3", "item 8"];

    TestApp App => shop.App;

    [Fact]
    public async Task Its_score_its_propensity_and_its_reasons_are_those_of_its_embedding()
    {
        await PutAsync("chair 1", "chairs");
        await PutAsync("unknown 1", "tables of another kind");
        var scores = new Dictionary<string, double>
        {
            ["chair 1"] = Score(8, (3, 4)),
            ["item 1"] = shop.Model.Score(8, 1),
            ["item 2"] = shop.Model.Score(8, 2),
        };
        string[] allow = [.. scores.Keys, "unknown 1"];

        var slate = await App.PostAsync(
            "/api/recommendations",
            new { history = History, k = 4, allow, temperature = 2, epsilon = 0.1, newItemShare = 0.2, seed = 5, explain = true }, 200);

        var items = slate.GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(allow.Order(), items.Select(item => item.GetProperty("itemId").GetString()!).Order());
        Assert.All(slate.GetProperty("candidates").EnumerateArray(), candidate =>
            Assert.Equal(scores[candidate.GetProperty("itemId").GetString()!], candidate.GetProperty("score").GetDouble(), 1e-4));
        var remaining = allow.ToList();
        foreach (var item in items)
        {
            var (id, isNew) = (item.GetProperty("itemId").GetString()!, !item.GetProperty("itemId").GetString()!.StartsWith("item", StringComparison.Ordinal));
            var mass = remaining.Where(scores.ContainsKey).Sum(other => Math.Exp(scores[other] / 2));
            var share = mass == 0 ? 1.0 / remaining.Count : scores.TryGetValue(id, out var score) ? Math.Exp(score / 2) / mass : 0;
            var newItems = remaining.Count(other => !other.StartsWith("item", StringComparison.Ordinal));
            var own = newItems == 0 ? 0 : 0.2;
            Assert.Equal(
                ((1 - own) * ((0.9 * share) + (0.1 / remaining.Count))) + (isNew ? own / newItems : 0), item.GetProperty("propensity").GetDouble(), 1e-5);
            Assert.Equal(isNew, item.GetProperty("isNew").GetBoolean());
            remaining.Remove(id);
        }

        // Without item 8 the history ends with item 3, in whose state the chair stands lower.
        var chair = items.Single(item => item.GetProperty("itemId").GetString() == "chair 1");
        Assert.Contains("item 8", chair.GetProperty("because").EnumerateArray().Select(reason => reason.GetProperty("itemId").GetString()));

        var logged = slate.GetProperty("recommendationId").GetString()!;
        var impression = await Eventually.GetAsync("the impression is kept", () => App.Get<ImpressionLog>().GetAsync(logged), found => found is not null);
        Assert.All(impression!.Items.Zip(Propensity.OfSlate(impression)), pair => Assert.Equal(1, pair.First.Propensity / pair.Second, 1e-5));
    }

    [Fact]
    public async Task Items_like_it_are_found_and_it_is_found_among_those_like_others()
    {
        await PutAsync("sofa 2", "sofas");
        await PutAsync("sofa 3", "sofas");

        var like = await App.GetAsync("/api/items/sofa%202/similar?k=1");
        Assert.Equal("sofa 3", like.GetProperty("items")[0].GetProperty("itemId").GetString());
        Assert.Equal(1, like.GetProperty("items")[0].GetProperty("similarity").GetDouble(), 1e-5);

        // Of the model's items the one nearest to their direction, 252 degrees, is item 28.
        var known = await App.GetAsync("/api/items/item%2028/similar?k=2");
        Assert.Equal(["sofa 2", "sofa 3"], known.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!).Order());
        await App.GetAsync("/api/items/nothing/similar", 404);
    }

    [Fact]
    public async Task A_change_of_what_it_is_changes_where_it_stands()
    {
        await PutAsync("moving", "chairs");
        Assert.Equal(Score(8, (3, 4)), await ScoreOfAsync("moving"), 1e-3);

        await App.SendAsync(HttpMethod.Put, "/api/items", 200, new { items = new[] { new { id = "moving", title = "moving", categories = new[] { "lamps" } } } });

        await Eventually.TrueAsync("it is a lamp", async () => Math.Abs(await ScoreOfAsync("moving") - Score(8, (-5, 2))) < 1e-3);
    }

    [Fact]
    public async Task A_map_without_a_network_that_tells_its_state_is_never_served()
    {
        await shop.Model.PublishAsync(App.Get<ModelRegistry>(), shop.Model.Onnx(tellsState: false), content: ContentApp.Map());

        await Eventually.TrueAsync("health names the refusal", async () => (await App.HealthAsync()).ToString().Contains("does not tell its state", StringComparison.Ordinal));
    }

    double Score(int last, (float X, float Y) embedding) => (shop.Model.State(last).X * embedding.X) + (shop.Model.State(last).Y * embedding.Y);

    /// <summary>Puts an item into the catalogue and waits until the instance knows it.</summary>
    async Task PutAsync(string id, string category)
    {
        await App.SendAsync(HttpMethod.Put, "/api/items", 200, new { items = new[] { new { id, title = id, categories = new[] { category } } } });
        await Eventually.TrueAsync($"{id} is known", async () =>
            (await App.GetAsync($"/api/items?search={Uri.EscapeDataString(id)}")).GetProperty("items").GetArrayLength() > 0);
    }

    async Task<double> ScoreOfAsync(string id)
    {
        var slate = await App.PostAsync("/api/recommendations", new { history = History, k = 1, allow = new[] { id }, preview = true }, 200);
        var score = slate.GetProperty("items")[0].GetProperty("score");
        return score.ValueKind == JsonValueKind.Number ? score.GetDouble() : double.NaN;
    }
}
