using SasRec.Core.Response;
using SasRec.Storage.Log;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Serve;

[Collection<TurnsTests>]
public class ResponseServingTests(TurnsApp turns)
{
    readonly TestApp app = turns.App;

    // Two ranks, of which the second is looked at half as often; item 7 is taken more, item 9 less than its score says.
    static ServedResponse Response(int items = 40)
    {
        var own = new double[items];
        (own[7], own[9]) = (1, -1);
        return new ServedResponse(
            ServedResponse.KnownFormat,
            "sasrec",
            0.5,
            [-1, -1 - Math.Log(2)],
            new Dictionary<string, RecommenderResponse> { ["sasrec"] = new(0.25, 0.8, -0.5, 5, 2) },
            new Dictionary<string, double> { ["light"] = 0.125 },
            own);
    }

    [Fact]
    public async Task Each_item_carries_the_probability_that_the_user_acts_on_it()
    {
        var model = new TestModel(40);
        await app.ServesAsync(await model.PublishAsync(app.Get<ModelRegistry>(), response: Response()));

        var slate = await app.PostAsync(
            "/api/recommendations",
            new { history = new[] { "item 8" }, k = 3, temperature = 0, epsilon = 0, allow = new[] { "item 7", "item 9", "item 12" } },
            200);

        // The network's score of item 7 holds 0.5 x 1 / 0.8 x 2 = 1.25 of the response model, that of item 9 as much less.
        foreach (var shown in slate.GetProperty("items").EnumerateArray())
        {
            var (name, rank, score) = (shown.GetProperty("itemId").GetString(), shown.GetProperty("rank").GetInt32(), shown.GetProperty("score").GetDouble());
            var (own, term) = name switch { "item 7" => (1, 1.25), "item 9" => (-1, -1.25), _ => (0, 0.0) };
            var logit = (rank == 1 ? -1 : -1 - Math.Log(2)) + 0.25 + (0.8 * (score - term - 5) / 2) + 0.125 + own;
            Assert.Equal(1 / (1 + Math.Exp(-logit)), shown.GetProperty("probability").GetDouble(), 1e-6);
        }

        // The log tells the network's own score from what the response model added.
        var id = slate.GetProperty("recommendationId").GetString()!;
        var logged = (await Eventually.GetAsync("the impression is logged", () => app.Get<ImpressionLog>().GetAsync(id), found => found is not null))!;
        var items = logged.Items.ToDictionary(item => item.ItemId);
        Assert.Equal((1.25, -1.25), (items["item 7"].Response!.Value, items["item 9"].Response!.Value));
        Assert.All(items.Values, item => Assert.InRange(item.Probability!.Value, 0.01, 0.99));
        Assert.Equal("because it helps", (await app.HealthAsync()).GetProperty("model").GetProperty("response").GetString());
    }

    [Fact]
    public async Task A_recommender_of_which_nothing_is_known_tells_no_probability()
    {
        await app.ServesAsync(await new TestModel(40).PublishAsync(app.Get<ModelRegistry>(), response: Response()));

        var slate = await app.PostAsync("/api/recommendations", new { history = Array.Empty<string>(), k = 2, preview = true }, 200);

        Assert.Equal("popularity", slate.GetProperty("source").GetString());
        Assert.False(slate.GetProperty("items")[0].TryGetProperty("probability", out _));
    }

    [Fact]
    public async Task A_response_model_of_another_catalogue_is_never_served()
    {
        var sound = await new TestModel(40).PublishAsync(app.Get<ModelRegistry>());
        await app.ServesAsync(sound);

        await new TestModel(40).PublishAsync(app.Get<ModelRegistry>(), response: Response(41));

        await Eventually.TrueAsync(
            "health names the refusal", async () => (await app.HealthAsync()).ToString().Contains("The response model is of 41 items", StringComparison.Ordinal));
        Assert.Equal(sound, (await app.HealthAsync()).GetProperty("model").GetProperty("serving").GetString());
    }
}
