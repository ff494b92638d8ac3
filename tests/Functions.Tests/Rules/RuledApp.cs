using SasRec.Functions.Tests.Serve;

namespace SasRec.Functions.Tests.Rules;

/// <summary>Tests that ask the same model and catalogue, and keep to users and placements of their own: one application serves them all.</summary>
[CollectionDefinition]
public sealed class RuledTests : ICollectionFixture<RuledApp>;

/// <summary>An application whose catalogue says something of the model's 40 items.</summary>
public sealed class RuledApp : IAsyncLifetime
{
    internal ServingApp Serving { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Serving.InitializeAsync();
        await Serving.App.SendAsync(HttpMethod.Put, "/api/items", 200, new
        {
            items = Enumerable.Range(0, 40).Select(i => new
            {
                id = $"item {i}",
                title = $"Item {i}",
                categories = new[] { $"c{i % 4}" },
                attributes = new Dictionary<string, object> { ["price"] = i / 2.0, ["brand"] = $"b{i % 3}", [i % 5 == 0 ? "sale" : "plain"] = true },
            }),
        });
        var priced = new { where = new[] { new { attribute = "price", exists = true } } };
        await Eventually.TrueAsync("the catalogue serves", async () =>
            (await Serving.App.PostAsync("/api/recommendations", new { history = new[] { "item 1" }, preview = true, rules = priced }, 200))
                .GetProperty("eligible").GetInt32() == 39);
    }

    public ValueTask DisposeAsync() => Serving.DisposeAsync();
}
