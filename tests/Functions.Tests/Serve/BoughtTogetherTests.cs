using System.Text.Json;
using SasRec.Core.Explore;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Storage.Log;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Serve;

[Collection<TurnsTests>]
public sealed class BoughtTogetherTests(TurnsApp turns) : IAsyncLifetime
{
    readonly TestApp app = turns.App;

    public async ValueTask InitializeAsync()
    {
        // Of item 0's four histories item 1 stands in three, twice right behind it; 2 and 3 in one each; 4 and 5 have only each other.
        var histories = new SequenceDataset(6, [0, 3, 5, 7, 9, 11], [0, 1, 2, 0, 1, 0, 3, 1, 0, 4, 5]);
        await app.ServesAsync(await new TestModel(6).PublishAsync(app.Get<ModelRegistry>(), neighbours: NeighbourCounter.Count(histories, NeighbourStrengths.None)));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Every_slate_of_a_small_catalogue_comes_as_often_as_its_propensities_say()
    {
        const double Temperature = 0.7, Epsilon = 0.2;
        var scores = new Dictionary<string, double>
        {
            ["item 1"] = Score(follows: 2 / 6.0, together: 3 / Math.Sqrt(4 * 3)),
            ["item 2"] = Score(follows: 0.5 / 6, together: 1 / Math.Sqrt(4)),
            ["item 3"] = Score(follows: 1 / 6.0, together: 1 / Math.Sqrt(4)),
        };
        const int draws = 400;
        var found = new Dictionary<(string, string), int>();
        for (var seed = 0; seed < draws; seed++)
        {
            var slate = await app.GetAsync($"/api/items/item%200/bought-together?k=2&temperature={Temperature}&epsilon={Epsilon}&newItemShare=0&preview=true&seed={seed}");
            var (first, second) = (slate.GetProperty("items")[0], slate.GetProperty("items")[1]);
            var pair = (Id(first), Id(second));
            found[pair] = found.GetValueOrDefault(pair) + 1;
            Assert.Equal(scores[pair.Item1], first.GetProperty("score").GetDouble(), 1e-5);
            Assert.Equal(Chance(pair.Item1, null), first.GetProperty("propensity").GetDouble(), 1e-6);
            Assert.Equal(Chance(pair.Item2, pair.Item1), second.GetProperty("propensity").GetDouble(), 1e-6);
        }

        var slates = (from first in scores.Keys from second in scores.Keys where first != second select (first, second)).ToArray();
        Assert.Equal(1, slates.Sum(pair => Chance(pair.first, null) * Chance(pair.second, pair.first)), 1e-12);
        Assert.All(slates, pair =>
        {
            var expected = draws * Chance(pair.first, null) * Chance(pair.second, pair.first);
            Assert.InRange(found.GetValueOrDefault(pair), expected - (4.5 * Math.Sqrt(expected)), expected + (4.5 * Math.Sqrt(expected)) + 1);
        });

        static double Score(double follows, double together) => (0.3 * Math.Log(1 + (follows / 0.001))) + (0.6 * Math.Log(1 + (together / 0.01)));

        double Chance(string item, string? above)
        {
            var left = scores.Where(pair => pair.Key != above).ToArray();
            return ((1 - Epsilon) * Math.Exp(scores[item] / Temperature) / left.Sum(pair => Math.Exp(pair.Value / Temperature))) + (Epsilon / left.Length);
        }
    }

    [Fact]
    public async Task It_is_a_rail_like_the_others_with_filters_the_users_exclusions_and_a_row_in_the_ledger()
    {
        var greedy = await app.GetAsync("/api/items/item%200/bought-together?placement=basket");
        Assert.Equal(["item 1", "item 3", "item 2"], Ids(greedy));
        Assert.Equal(("together", 3), (greedy.GetProperty("source").GetString(), greedy.GetProperty("eligible").GetInt32()));
        Assert.All(greedy.GetProperty("items").EnumerateArray(), item => Assert.Equal(1, item.GetProperty("propensity").GetDouble()));

        var user = $"u{Guid.NewGuid():N}";
        await app.PostAsync("/api/events", new { events = new[] { new { userId = user, itemId = "item 1", type = "purchase" }, new { userId = user, itemId = "item 2", type = "dislike" } } }, 202);
        await Eventually.TrueAsync("both are in the log", async () => (await app.GetAsync($"/api/users/{user}")).GetProperty("interactions").GetArrayLength() == 2);
        Assert.Equal(["item 3"], Ids(await app.GetAsync($"/api/items/item%200/bought-together?userId={user}")));
        Assert.Equal(["item 1", "item 2"], Ids(await app.GetAsync("/api/items/item%200/bought-together?deny=item%203")));

        var drawn = await app.GetAsync("/api/items/item%200/bought-together?k=3&temperature=2&epsilon=0.1&newItemShare=0&placement=basket");
        var logged = (await Eventually.GetAsync(
            "the slate is logged", () => app.Get<ImpressionLog>().GetAsync(drawn.GetProperty("recommendationId").GetString()!), impression => impression is not null))!;
        Assert.Equal(("together", "basket", 2.0), (logged.Recommender, logged.Placement, logged.Temperature));
        Assert.Equal(logged.Items.Select(item => item.Propensity), Propensity.OfSlate(logged), (a, b) => Math.Abs(a - b) < 1e-6);

        var page = await app.GetAsync($"/api/items/item%200/bought-together?k=2&after={drawn.GetProperty("recommendationId").GetString()}");
        Assert.Equal(0, page.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task An_item_without_company_has_an_empty_rail_and_an_unknown_one_is_not_found()
    {
        Assert.Equal(["item 5"], Ids(await app.GetAsync("/api/items/item%204/bought-together")));
        Assert.Empty(Ids(await app.GetAsync("/api/items/item%204/bought-together?deny=item%205")));
        await app.GetAsync("/api/items/nothing/bought-together", 404);
    }

    static string Id(JsonElement item) => item.GetProperty("itemId").GetString()!;

    static string[] Ids(JsonElement slate) => [.. slate.GetProperty("items").EnumerateArray().Select(Id)];
}
