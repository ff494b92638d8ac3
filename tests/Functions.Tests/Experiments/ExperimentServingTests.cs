using System.Text.Json;
using SasRec.Core.Experiments;
using SasRec.Functions.Tests.Serve;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Experiments;

public sealed class ExperimentServingTests
{
    static readonly ExperimentArm[] Halves = [new("a", 0.5), new("b", 0.5)];

    [Fact]
    public async Task Two_models_are_compared_on_users_who_stick_to_their_arm_and_the_better_one_is_shipped()
    {
        await using var app = await TestApp.StartAsync();
        var registry = app.Get<ModelRegistry>();
        var champion = await new TestModel(40).PublishAsync(registry);
        var challenger = await new TestModel(40, shift: 3).PublishAsync(registry, activate: false);
        await app.ServesAsync(champion);
        await PutAndStartAsync(app, "models", new
        {
            windowSeconds = 10,
            effect = 0.5,
            arms = new object[] { new { name = "a", share = 0.5 }, new { name = "b", share = 0.5, modelVersion = challenger, temperature = 0 } },
            by = "ann",
            reason = "is it better",
        });

        // Of b every user acts on an item, of a every fourth.
        var plan = new Experiment { Id = "models", Arms = Halves };
        const int Users = 260;
        var (served, events) = (new Dictionary<string, int> { ["a"] = 0, ["b"] = 0 }, new List<object>());
        for (var i = 0; i < Users; i++)
        {
            var arm = ArmAssignment.Of(plan, $"user {i}")!.Name;
            var slate = await RecommendAsync(app, $"user {i}");
            Assert.Equal(("models", arm), ArmOf(slate));
            Assert.Equal(arm == "b" ? challenger : champion, slate.GetProperty("modelVersion").GetString());
            if (arm == "b" || served["a"] % 4 == 0)
            {
                events.Add(new
                {
                    userId = $"user {i}",
                    itemId = slate.GetProperty("items")[0].GetProperty("itemId").GetString(),
                    type = "purchase",
                    timestamp = DateTimeOffset.UtcNow,
                    recommendationId = slate.GetProperty("recommendationId").GetString(),
                });
            }

            served[arm]++;
        }

        await app.PostAsync("/api/events", new { events }, 202);
        var report = await Eventually.GetAsync(
            "every user counts with what they did",
            () => app.GetAsync("/api/experiments/models/report"),
            found => Arms(found).Sum(arm => arm.GetProperty("users").GetInt32()) == Users && Arms(found).Sum(arm => arm.GetProperty("acted").GetInt32()) == events.Count);
        Assert.Equal([served["a"], served["b"]], Arms(report).Select(arm => arm.GetProperty("users").GetInt32()));
        Assert.Equal([(served["a"] + 3) / 4, served["b"]], Arms(report).Select(arm => arm.GetProperty("acted").GetInt32()));
        Assert.Equal(1, Arms(report)[1].GetProperty("mean").GetDouble());
        Assert.Equal(0, Arms(report)[1].GetProperty("guards").GetProperty("otherModelShare").GetDouble());
        Assert.True(Arms(report)[0].GetProperty("guards").GetProperty("medianMilliseconds").GetDouble() > 0);
        Assert.True(report.GetProperty("complete").GetBoolean());
        Assert.StartsWith("b is better than a by ", report.GetProperty("verdict").GetString(), StringComparison.Ordinal);

        await app.PostAsync("/api/experiments/models/ship", new { arm = "b", by = "ann", reason = "it is better" }, 200);
        await app.ServesAsync(challenger);
        var (after, found) = (await app.GetAsync("/api/experiments/models"), await app.GetAsync("/api/models"));
        Assert.Equal(("Shipped", "b"), (after.GetProperty("state").GetString(), after.GetProperty("shippedArm").GetString()));
        Assert.Equal(["ship", "start", "put"], after.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("what").GetString()));
        Assert.All(after.GetProperty("changes").EnumerateArray(), change => Assert.Equal("ann", change.GetProperty("by").GetString()));
        Assert.Equal(challenger, found.GetProperty("current").GetString());

        // Everybody now has the model and, where the request says nothing, the policy of b.
        var everybody = await Eventually.GetAsync(
            "nobody is assigned any more", () => RecommendAsync(app, "user 1"), slate => !slate.TryGetProperty("experiments", out _));
        Assert.Equal((challenger, 0.0), (everybody.GetProperty("modelVersion").GetString(), everybody.GetProperty("policy").GetProperty("temperature").GetDouble()));
        await app.SendAsync(HttpMethod.Delete, "/api/experiments/models", 200);
        await app.GetAsync("/api/experiments/models", 404);
    }

    [Fact]
    public async Task The_propensities_of_an_arm_with_another_policy_are_the_frequencies_of_its_slates()
    {
        await using var app = await TestApp.StartAsync("Placements:home:Temperature=0", "Placements:home:Epsilon=0");
        var model = new TestModel(40);
        await app.ServesAsync(await model.PublishAsync(app.Get<ModelRegistry>()));
        await PutAndStartAsync(app, "policy", new
        {
            placement = "home",
            arms = new object[] { new { name = "a", share = 0.5 }, new { name = "b", share = 0.5, temperature = 1.5, epsilon = 0.2 } },
            reason = "does it pay to explore",
        });
        var plan = new Experiment { Id = "policy", Arms = Halves };
        string UserOf(string arm) => Enumerable.Range(0, 100).Select(i => $"user {i}").First(user => ArmAssignment.Of(plan, user)!.Name == arm);

        // Of three items two are drawn, so there are six slates, whose probabilities are worked out by hand.
        var items = new[] { 1, 5, 9 };
        const int Draws = 1_200;
        var counts = new Dictionary<(int, int), int>();
        for (var draw = 0; draw < Draws; draw++)
        {
            var slate = await PreviewAsync(UserOf("b"));
            var shown = slate.GetProperty("items").EnumerateArray().ToArray();
            var (first, second) = (Number(shown[0]), Number(shown[1]));
            counts[(first, second)] = counts.GetValueOrDefault((first, second)) + 1;
            Assert.Equal(Law(first, items), shown[0].GetProperty("propensity").GetDouble(), 5);
            Assert.Equal(Law(second, [.. items.Except([first])]), shown[1].GetProperty("propensity").GetDouble(), 5);
        }

        // Chi-square with 5 degrees of freedom: 20.5 is exceeded once in a thousand.
        Assert.True(items.SelectMany(first => items.Where(second => second != first).Select(second => (first, second))).Sum(slate =>
        {
            var expected = Draws * Law(slate.first, items) * Law(slate.second, [.. items.Except([slate.first])]);
            return Math.Pow(counts.GetValueOrDefault(slate) - expected, 2) / expected;
        }) < 20.5);

        // The control is greedy, as the placement is.
        var greedy = await PreviewAsync(UserOf("a"));
        Assert.All(greedy.GetProperty("items").EnumerateArray(), item => Assert.Equal(1, item.GetProperty("propensity").GetDouble()));

        double Law(int item, int[] remaining) =>
            (0.8 * Math.Exp(model.Score(3, item) / 1.5) / remaining.Sum(other => Math.Exp(model.Score(3, other) / 1.5))) + (0.2 / remaining.Length);

        static int Number(JsonElement item) => int.Parse(item.GetProperty("itemId").GetString().AsSpan("item ".Length), System.Globalization.CultureInfo.InvariantCulture);

        Task<JsonElement> PreviewAsync(string user) => app.PostAsync(
            "/api/recommendations",
            new { userId = user, history = new[] { "item 3" }, placement = "home", k = 2, allow = items.Select(i => $"item {i}"), newItemShare = 0, preview = true },
            200);
    }

    [Fact]
    public async Task An_arm_that_leaves_a_user_without_items_keeps_the_user()
    {
        await using var app = await TestApp.StartAsync();
        await app.ServesAsync(await new TestModel(10).PublishAsync(app.Get<ModelRegistry>()));
        await PutAndStartAsync(app, "rules", new
        {
            placement = "default",
            windowSeconds = 1,
            arms = new object[]
            {
                new { name = "a", share = 0.5 },
                new { name = "b", share = 0.5, rules = new { where = new[] { new { itemId = "no such item" } } } },
            },
            reason = "how strict may it be",
        });

        for (var i = 0; i < 30; i++)
        {
            await RecommendAsync(app, $"user {i}");
        }

        var report = await Eventually.GetAsync(
            "every user counts", () => app.GetAsync("/api/experiments/rules/report"), found => Arms(found).Sum(arm => arm.GetProperty("users").GetInt32()) == 30);
        Assert.Equal([0.0, 1.0], Arms(report).Select(arm => arm.GetProperty("guards").GetProperty("emptyShare").GetDouble()));
        Assert.StartsWith("Too early to compare b with a", report.GetProperty("verdict").GetString(), StringComparison.Ordinal);

        // Shipped, its rules are those of the placement.
        await app.PostAsync("/api/experiments/rules/ship", new { arm = "b", reason = "as strict as that" }, 200);
        var rules = await app.GetAsync("/api/rules/default");
        Assert.Equal("experiment rules, b: as strict as that", rules.GetProperty("changes")[0].GetProperty("reason").GetString());
        Assert.Equal("no such item", rules.GetProperty("changes")[0].GetProperty("rules").GetProperty("where")[0].GetProperty("itemId").GetString());
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_the_cause()
    {
        await using var app = await TestApp.StartAsync("Experiments:MaxModels=1");
        var version = await new TestModel(10).PublishAsync(app.Get<ModelRegistry>());
        var other = await new TestModel(12).PublishAsync(app.Get<ModelRegistry>(), activate: false);
        object Arms(string? model) => new object[] { new { name = "a", share = 0.5 }, new { name = "b", share = 0.5, modelVersion = model } };

        var wrong = await app.SendAsync(HttpMethod.Put, "/api/experiments/e", 400, new
        {
            arms = new object[]
            {
                new { name = "a", share = 0.7 },
                new { name = "a", share = 0.7, recommender = "oracle", exploration = 0.1, temperature = 1, rules = new { maxPerCategory = 1 } },
            },
            windowSeconds = 0,
            effect = 0,
            reason = "why not",
        });
        Assert.Equal(
            ["arms", "arms", "arms[1].exploration", "arms[1].recommender", "effect", "placement", "windowSeconds"],
            wrong.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()).Order());

        await app.PostAsync("/api/experiments/e/start", new { reason = "go" }, 404);
        await app.SendAsync(HttpMethod.Put, "/api/experiments/e", 200, new { arms = Arms("20260101T000000Z-00000000"), reason = "no such model" });
        await app.PostAsync("/api/experiments/e/start", new { reason = "go" }, 409);
        await app.GetAsync("/api/experiments/e/report", 409);
        await app.SendAsync(HttpMethod.Put, "/api/experiments/e", 200, new { placement = "home", arms = Arms(version), reason = "one" });
        await app.SendAsync(HttpMethod.Put, "/api/experiments/f", 200, new { placement = "basket", arms = Arms(other), reason = "two" });
        await app.PostAsync("/api/experiments/e/start", new { reason = "go" }, 200);
        var tooMany = await app.PostAsync("/api/experiments/f/start", new { reason = "go" }, 409);
        Assert.Contains("Experiments__MaxModels", tooMany.GetProperty("title").GetString(), StringComparison.Ordinal);
        await app.SendAsync(HttpMethod.Put, "/api/experiments/e", 409, new { arms = Arms(null), reason = "change it" });
        await app.SendAsync(HttpMethod.Delete, "/api/experiments/e", 409);
        await app.PostAsync("/api/experiments/e/stop", new { reason = "enough" }, 200);
        await app.PostAsync("/api/experiments/f/start", new { reason = "now" }, 200);
        var list = await app.GetAsync("/api/experiments");
        Assert.Equal(["Running", "Stopped"], list.GetProperty("experiments").EnumerateArray().Select(stored => stored.GetProperty("state").GetString()));
    }

    static async Task PutAndStartAsync(TestApp app, string id, object plan)
    {
        await app.SendAsync(HttpMethod.Put, $"/api/experiments/{id}", 200, plan);
        await app.PostAsync($"/api/experiments/{id}/start", new { by = "ann", reason = "go" }, 200);

        // A preview leaves no trace in the ledger.
        await Eventually.TrueAsync("users are assigned", async () => (await app.PostAsync(
            "/api/recommendations", new { userId = "ann", history = new[] { "item 1" }, placement = id == "policy" ? "home" : "default", preview = true }, 200))
            .TryGetProperty("experiments", out _));
    }

    static Task<JsonElement> RecommendAsync(TestApp app, string user) =>
        app.PostAsync("/api/recommendations", new { userId = user, history = new[] { "item 3" }, k = 3 }, 200);

    static (string?, string?) ArmOf(JsonElement slate)
    {
        var arm = Assert.Single(slate.GetProperty("experiments").EnumerateArray().ToArray());
        return (arm.GetProperty("experiment").GetString(), arm.GetProperty("arm").GetString());
    }

    static JsonElement[] Arms(JsonElement report) => [.. report.GetProperty("arms").EnumerateArray()];
}
