using System.Text.Json;
using SasRec.Core.Explore;
using SasRec.Functions.Serve;

namespace SasRec.Functions.Tests.Serve;

/// <summary>The model's scores depend on the last item alone, so what each history item does is known beforehand.</summary>
[Collection<ServingTests>]
public class ExplainTests(ServingApp serving)
{
    [Fact]
    public async Task Because_names_the_history_item_without_which_the_item_would_be_less_likely()
    {
        var slate = await AskAsync(new { history = new[] { "item 3", "item 8" }, k = 5, temperature = 0, epsilon = 0, explain = true });
        var reasons = 0;
        foreach (var item in slate.GetProperty("items").EnumerateArray())
        {
            var index = Array.IndexOf(serving.Model.Items, item.GetProperty("itemId").GetString());
            var weight = LogShare(last: 8, index) - LogShare(last: 3, index);
            var because = item.GetProperty("because").EnumerateArray().ToArray();
            if (weight < Reasons.MinWeight)
            {
                Assert.Empty(because);
                continue;
            }

            var reason = Assert.Single(because);
            reasons++;
            Assert.Equal("item 8", reason.GetProperty("itemId").GetString());
            Assert.Equal(weight, reason.GetProperty("weight").GetDouble(), 1e-4);
        }

        Assert.True(reasons > 0);
    }

    [Fact]
    public async Task A_history_of_one_item_is_held_against_no_preference()
    {
        var slate = await AskAsync(new { history = new[] { "item 8", "item 8" }, k = 1, temperature = 0, epsilon = 0, explain = true });
        var first = slate.GetProperty("items")[0];
        var index = Array.IndexOf(serving.Model.Items, first.GetProperty("itemId").GetString());
        var reason = Assert.Single(first.GetProperty("because").EnumerateArray().ToArray());
        Assert.Equal(LogShare(last: 8, index) + Math.Log(40), reason.GetProperty("weight").GetDouble(), 1e-4);
    }

    [Fact]
    public async Task The_chances_are_those_of_the_policy()
    {
        var slate = await AskAsync(new { history = new[] { "item 8" }, k = 3, temperature = 1, epsilon = 0, explain = true, preview = true });
        var scores = Enumerable.Range(0, 40).Select(i => serving.Model.Score(8, i)).ToArray();
        var exact = InclusionProbability.PlackettLuce(scores, ItemSet.AllBut(40, [8]), 3, 1);
        var candidates = slate.GetProperty("candidates").EnumerateArray().ToArray();
        Assert.Equal(39, candidates.Length);
        Assert.Equal(3, candidates.Sum(c => c.GetProperty("chance").GetDouble()), 1e-6);
        foreach (var candidate in candidates)
        {
            var index = Array.IndexOf(serving.Model.Items, candidate.GetProperty("itemId").GetString());
            var error = candidate.GetProperty("chanceError").GetDouble();
            Assert.Equal(exact[index], candidate.GetProperty("chance").GetDouble(), (5 * error) + 1e-6);
            Assert.True(error < 0.1);
        }
    }

    [Fact]
    public async Task Without_chance_every_item_of_the_slate_is_certain()
    {
        var slate = await AskAsync(new { history = new[] { "item 8" }, k = 4, temperature = 0, epsilon = 0, explain = true });
        Assert.All(slate.GetProperty("items").EnumerateArray(), item => Assert.Equal(1, item.GetProperty("chance").GetDouble(), 1e-9));
    }

    [Fact]
    public async Task A_user_without_history_gets_chances_and_no_reasons()
    {
        var slate = await serving.App.GetAsync("/api/recommendations/nobody?explain=true");
        Assert.Equal("popularity", slate.GetProperty("source").GetString());
        Assert.All(slate.GetProperty("items").EnumerateArray(), item => Assert.Empty(item.GetProperty("because").EnumerateArray()));
        Assert.All(slate.GetProperty("items").EnumerateArray(), item => Assert.True(item.GetProperty("chance").GetDouble() > 0));
    }

    [Fact]
    public async Task A_preview_draws_what_would_be_served_and_leaves_nothing_behind()
    {
        object Request(bool preview) => new { userId = "looker", history = new[] { "item 8" }, k = 5, seed = 7, preview };
        var looked = await AskAsync(Request(preview: true));
        var served = await AskAsync(Request(preview: false));
        Assert.Equal(served.GetProperty("items").GetRawText(), looked.GetProperty("items").GetRawText());
        Assert.False(looked.TryGetProperty("recommendationId", out _));
        Assert.Equal((true, false), (served.GetProperty("logged").GetBoolean(), looked.GetProperty("logged").GetBoolean()));
        Assert.False(served.TryGetProperty("candidates", out _));
    }

    Task<JsonElement> AskAsync(object body) => serving.App.PostAsync("/api/recommendations", body, 200);

    double LogShare(int last, int item) =>
        serving.Model.Score(last, item) - Math.Log(Enumerable.Range(0, 40).Sum(other => Math.Exp(serving.Model.Score(last, other))));
}
