using System.Text.Json;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Functions.Tests.Serve;
using SasRec.Storage.Log;

namespace SasRec.Functions.Tests.Rules;

[Collection<RuledTests>]
public class RulesTests(RuledApp ruled)
{
    readonly TestApp app = ruled.Serving.App;
    readonly TestModel model = ruled.Serving.Model;

    [Fact]
    public async Task Conditions_leave_exactly_the_items_that_satisfy_them()
    {
        await LeavesAsync(i => i % 4 is 1, new { category = "c1" });
        await LeavesAsync(i => i % 4 is not 1, new { category = "c1", not = true });
        await LeavesAsync(i => i % 3 == 2, new { attribute = "brand", equals = "b2" });
        await LeavesAsync(i => i % 3 != 1, new { attribute = "brand", oneOf = new[] { "b0", "b2", "b9" } });
        await LeavesAsync(i => i is >= 5 and <= 12, new { attribute = "price", min = 2.5, max = 6 });
        await LeavesAsync(i => i > 12, new { attribute = "price", max = 6, not = true });
        await LeavesAsync(i => i is 6, new { attribute = "price", equals = 3 });
        await LeavesAsync(i => i % 5 == 0, new { attribute = "sale", exists = true });
        await LeavesAsync(i => i % 5 != 0, new { attribute = "sale", exists = false });
        await LeavesAsync(i => i % 5 == 0, new { attribute = "sale", equals = true });
        await LeavesAsync(_ => false, new { attribute = "no such", equals = 1 });
        await LeavesAsync(i => i is 7, new { itemId = "item 7" });
        await LeavesAsync(i => i % 4 is 1 && i < 10, new { category = "c1" }, new { attribute = "price", max = 4.9 });
    }

    [Fact]
    public async Task A_boost_is_a_term_of_the_score_and_the_propensities_are_exact()
    {
        var rules = new { boosts = new[] { Boost("c1", 2.0), Boost("c2", -1.5) } };
        var (_, impression) = await RecommendAsync(new { history = new[] { "item 3" }, k = 8, temperature = 0.9, epsilon = 0.1, newItemShare = 0, rules });
        var scores = Enumerable.Range(0, 40).Select(i => model.Score(3, i)).ToArray();
        Assert.All(impression.Items, item =>
        {
            var i = Number(item.ItemId);
            var term = Deviation(scores) * (i % 4 == 1 ? 2 : i % 4 == 2 ? -1.5 : 0);
            Assert.Equal(scores[i] + term, item.Score!.Value, 1e-3);
            Assert.Equal(term, item.Adjustment ?? 0, 1e-3);
        });
        Assert.Contains(impression.Items, item => item.Adjustment > 0);
        Assert.Equal(impression.Items.Select(item => item.Propensity), Propensity.OfSlate(impression), Close);
        Assert.False(impression.Constrained);

        static object Boost(string category, double amount) => new { where = new[] { new { category } }, amount };
    }

    [Fact]
    public async Task Pins_stand_at_their_ranks_are_marked_as_forced_and_take_no_part_in_the_draw()
    {
        object[] pins = [Pin("item 30", 2), Pin("item 31", 4), Pin("item 3", 1), Pin("item 9", 7)];
        var (answer, impression) = await RecommendAsync(new { history = new[] { "item 3" }, k = 6, temperature = 0.9, epsilon = 0.1, newItemShare = 0, rules = new { pins } });
        var items = answer.GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal([1, 2, 3, 4, 5, 6], items.Select(item => item.GetProperty("rank").GetInt32()));

        // Item 3 was seen, and rank 7 is behind the end.
        Assert.Equal(["item 30", "item 31"], items.Where(IsForced).Select(item => item.GetProperty("itemId").GetString()));
        Assert.Equal([2, 4], items.Where(IsForced).Select(item => item.GetProperty("rank").GetInt32()));
        Assert.Equal([new("item 30", 2), new ForcedItem("item 31", 4)], impression.Forced);
        Assert.Equal([1, 3, 5, 6], impression.Items.Select(item => item.Rank));
        Assert.Equal(37, impression.EligibleCount);
        Assert.DoesNotContain(impression.Items, item => item.ItemId is "item 30" or "item 31");
        Assert.Equal(impression.Items.Select(item => item.Propensity), Propensity.OfSlate(impression), Close);

        // Where fewer are drawn than there are ranks, pins follow right behind.
        var (few, _) = await RecommendAsync(new { history = new[] { "item 3" }, k = 6, allow = new[] { "item 9", "item 30" }, rules = new { pins = new[] { pins[0], Pin("item 9", 5) } } });
        Assert.Equal(["item 30", "item 9"], few.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()));

        static bool IsForced(JsonElement item) => item.TryGetProperty("forced", out var forced) && forced.GetBoolean();

        static object Pin(string itemId, int rank) => new { itemId, rank };
    }

    [Fact]
    public async Task Caps_and_diversity_hold_and_the_logged_propensities_are_those_of_the_constrained_draw()
    {
        var rules = new { maxPerCategory = 3, caps = new[] { new { category = "c1", most = 1 } }, diversity = 1.0 };
        var (_, impression) = await RecommendAsync(new { history = new[] { "item 3" }, k = 10, temperature = 0.9, epsilon = 0.2, newItemShare = 0, rules });
        Assert.True(impression.Constrained);
        Assert.Null(impression.UnservedLogSumExps);
        Assert.Equal(10, impression.Items.Count);
        Assert.All(impression.Items.CountBy(item => Number(item.ItemId) % 4), category => Assert.InRange(category.Value, 1, category.Key == 1 ? 1 : 3));

        var scores = Enumerable.Range(0, 40).Select(i => model.Score(3, i)).ToArray();
        var caps = Enumerable.Range(0, 4).Select(c => new CategoryCap(ItemSet.Of(40, [.. Enumerable.Range(0, 40).Where(i => i % 4 == c)]), c == 1 ? 1 : 3)).ToArray();
        var constraints = new SlateConstraints
        {
            CapsOf = item => [caps[item % 4]],
            Diversity = Deviation(scores),
            Likeness = (item, likeness) =>
            {
                for (var other = 0; other < 40; other++)
                {
                    var shared = item % 4 == other % 4 ? Math.Log(4) / Math.Log(40) : 0;
                    likeness[other] = (float)Math.Max(shared, Math.Cos(2 * Math.PI * (item - other) / 40));
                }
            },
        };
        var policy = new ExplorationPolicy { Temperature = 0.9, Epsilon = 0.2, NewItemShare = 0 };
        var expected = ConstrainedSlate.PropensitiesOf(
            scores, ItemSet.AllBut(40, [3]), [.. impression.Items.Select(item => Number(item.ItemId))], policy, constraints);
        Assert.Equal(expected, impression.Items.Select(item => item.Propensity), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public async Task Rules_of_a_placement_are_changed_over_the_API_with_who_and_when_and_hold_with_those_of_a_request()
    {
        await app.GetAsync("/api/rules/offers", 404);
        var first = await PutAsync(new { rules = new { where = new[] { new { category = "c1" } } }, reason = "only c1", by = "ann" }, 200);
        var version = first.GetProperty("version").GetInt32();
        await Eventually.TrueAsync("the rules are in effect", async () => (await SlateAsync(new { })).TryGetProperty("rulesVersion", out var found) && found.GetInt32() == version);
        Assert.Equal(10, (await SlateAsync(new { })).GetProperty("eligible").GetInt32());

        // Items 1, 5, 9, 13 and 17 cost up to 10.
        Assert.Equal(5, (await SlateAsync(new { where = new[] { new { attribute = "price", max = 10.0 } } })).GetProperty("eligible").GetInt32());
        await PutAsync(new { rules = new { }, reason = "too early", replaces = version - 1 }, 409);
        await PutAsync(new { rules = new { maxPerCategory = 1 }, reason = "one of each", by = "bob", replaces = version }, 200);
        var changes = (await app.GetAsync("/api/rules/offers")).GetProperty("changes").EnumerateArray().ToArray();
        Assert.Equal(
            [("bob", "one of each"), ("ann", "only c1")],
            changes.Select(change => (change.GetProperty("by").GetString()!, change.GetProperty("reason").GetString()!)));
        Assert.Contains((await app.GetAsync("/api/rules")).GetProperty("placements").EnumerateArray(), IsOffers);
        await app.SendAsync(HttpMethod.Delete, "/api/rules/offers?by=ann&reason=over", 200);
        await Eventually.TrueAsync("the rules have ended", async () => !(await SlateAsync(new { })).TryGetProperty("rulesVersion", out _));
        Assert.DoesNotContain((await app.GetAsync("/api/rules")).GetProperty("placements").EnumerateArray(), IsOffers);

        static bool IsOffers(JsonElement change) => change.GetProperty("placement").GetString() == "offers";

        Task<JsonElement> PutAsync(object body, int status) => app.SendAsync(HttpMethod.Put, "/api/rules/offers", status, body);

        Task<JsonElement> SlateAsync(object rules) => app.PostAsync(
            "/api/recommendations", new { history = new[] { "item 3" }, placement = "offers", preview = true, rules }, 200);
    }

    [Fact]
    public async Task Rules_that_are_none_are_refused_by_their_places()
    {
        var refused = await app.SendAsync(HttpMethod.Put, "/api/rules/x", 400, """
            {"rules": {"where": [{"category": "a", "itemId": "b"}, {"attribute": "price"}, {"attribute": "p", "min": "1"}],
             "boosts": [{"where": [], "amount": 11}], "pins": [{"itemId": "a", "rank": 0}, {"rank": 1}], "maxPerCategory": 0, "caps": {}, "diversity": -1, "more": 1}}
            """);
        Assert.Equal(
            [
                "more", "reason", "rules.boosts[0].amount", "rules.boosts[0].where", "rules.caps", "rules.diversity", "rules.maxPerCategory",
                "rules.pins[0].rank", "rules.pins[1].itemId", "rules.where[0]", "rules.where[1]", "rules.where[2]", "rules.where[2].min",
            ],
            refused.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("field").GetString()).Order(StringComparer.Ordinal));
    }

    async Task LeavesAsync(Func<int, bool> expected, params object[] where)
    {
        var answer = await app.PostAsync("/api/recommendations", new { history = Array.Empty<string>(), k = 100, preview = true, rules = new { where } }, 200);
        Assert.Equal(
            Enumerable.Range(0, 40).Where(expected), answer.GetProperty("items").EnumerateArray().Select(item => Number(item.GetProperty("itemId").GetString()!)).Order());
    }

    async Task<(JsonElement Answer, Impression Impression)> RecommendAsync(object body)
    {
        var answer = await app.PostAsync("/api/recommendations", body, 200);
        var impression = await Eventually.GetAsync(
            "the impression is logged", () => app.Get<ImpressionLog>().GetAsync(answer.GetProperty("recommendationId").GetString()!), found => found is not null);
        return (answer, impression!);
    }

    static double Deviation(float[] scores) => Math.Sqrt(scores.Average(score => Math.Pow(score - scores.Average(), 2)));

    static bool Close(double a, double b) => Math.Abs(a - b) < 1e-6;

    static int Number(string id) => int.Parse(id.Split(' ')[1]);
}
