using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Serve;

public class NoModelTests
{
    [Fact]
    public async Task Without_a_model_what_is_popular_is_recommended_and_a_model_takes_over()
    {
        await using var app = await TestApp.StartAsync("Logging:LogLevel:SasRec=None");
        await app.GetAsync("/api/recommendations/ann?k=2", 503);
        await app.PostAsync(
            "/api/events",
            new
            {
                events = new[] { ("ann", "item 3"), ("ben", "item 3"), ("cat", "item 3"), ("ann", "item 1"), ("ben", "item 1"), ("cat", "item 2"), ("dan", "hated") }
                    .Select(e => new { userId = e.Item1, itemId = e.Item2, type = e.Item2 == "hated" ? "dislike" : "view" }),
            },
            202);
        await app.SendAsync(HttpMethod.Put, "/api/items", 200, new { items = new[] { new { id = "item 2", title = "Two", categories = new[] { "c" } } } });

        const string greedy = "temperature=0&epsilon=0&newItemShare=0";
        var slate = await Eventually.GetAsync(
            "the popular items are counted",
            async () =>
            {
                using var answer = await app.Client.GetAsync($"/api/recommendations/new?k=4&{greedy}");
                return answer.IsSuccessStatusCode ? await app.GetAsync($"/api/recommendations/new?k=4&{greedy}&explain=true") : default;
            },
            found => found.ValueKind != default && found.GetProperty("items").GetArrayLength() == 3);
        Assert.Equal(["item 3", "item 1", "item 2"], slate.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()));
        Assert.Equal(("popularity", "popularity"), (slate.GetProperty("source").GetString(), slate.GetProperty("modelVersion").GetString()));
        Assert.True(slate.GetProperty("logged").GetBoolean());

        // Whoever has a history gets what is popular too, without what was seen; filters hold.
        var seen = await app.GetAsync($"/api/recommendations/cat?k=4&{greedy}");
        Assert.Equal("item 1", Assert.Single(seen.GetProperty("items").EnumerateArray()).GetProperty("itemId").GetString());
        var filtered = await app.GetAsync($"/api/recommendations/new?k=4&{greedy}&allowCategories=c");
        Assert.Equal("item 2", Assert.Single(filtered.GetProperty("items").EnumerateArray()).GetProperty("itemId").GetString());
        await app.GetAsync("/api/items/item%203/similar", 503);
        Assert.Contains("what is popular is recommended", (await app.HealthAsync()).GetProperty("problems")[0].GetString(), StringComparison.Ordinal);

        var version = await new TestModel(10).PublishAsync(app.Get<ModelRegistry>());
        await app.ServesAsync(version);
        Assert.Equal(version, (await app.GetAsync($"/api/recommendations/cat?k=4&{greedy}")).GetProperty("modelVersion").GetString());
    }
}
