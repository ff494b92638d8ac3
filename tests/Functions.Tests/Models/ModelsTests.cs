using System.Text.Json;
using SasRec.Functions.Tests.Serve;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Models;

public class ModelsTests
{
    [Fact]
    public async Task Models_are_listed_and_an_earlier_one_is_brought_back_with_a_reason()
    {
        await using var app = await TestApp.StartAsync();
        var empty = await app.GetAsync("/api/models");
        Assert.Equal((JsonValueKind.Null, 0), (empty.GetProperty("current").ValueKind, empty.GetProperty("models").GetArrayLength()));

        var first = await new TestModel(10).PublishAsync(app.Get<ModelRegistry>());
        var second = await new TestModel(12).PublishAsync(app.Get<ModelRegistry>());
        await ServesAsync(second);

        var move = await app.PostAsync($"/api/models/{first}/activate", new { reason = "the new one forgets", by = "on call" }, 200);
        Assert.Equal((first, second), (move.GetProperty("version").GetString(), move.GetProperty("previous").GetString()));
        await ServesAsync(first);

        var list = await app.GetAsync("/api/models");
        Assert.Equal(first, list.GetProperty("current").GetString());
        Assert.Equal(
            new[] { first, second }.Order(), list.GetProperty("models").EnumerateArray().Select(m => m.GetProperty("version").GetString()!).Order());
        Assert.Equal(0.5, list.GetProperty("models")[0].GetProperty("metrics").GetProperty("ndcg@10").GetDouble());
        Assert.Equal(
            ["on call: the new one forgets", "test: because", "test: because"],
            list.GetProperty("history").EnumerateArray().Select(m => $"{m.GetProperty("by").GetString()}: {m.GetProperty("reason").GetString()}"));
        Assert.Equal(1, (await app.GetAsync("/api/models?count=1")).GetProperty("models").GetArrayLength());

        async Task ServesAsync(string version) => await Eventually.TrueAsync($"{version} serves", async () =>
            (await app.HealthAsync()).GetProperty("model").GetProperty("serving").GetString() == version);
    }
}

public class ActivationTests(SharedApp shared)
{
    [Fact]
    public async Task A_model_that_was_never_published_cannot_be_activated() =>
        await shared.App.PostAsync("/api/models/20260101T000000Z-00000000/activate", new { reason = "why not" }, 404);

    [Theory]
    [InlineData("{}", "reason")]
    [InlineData("""{"reason":""}""", "reason")]
    [InlineData("""{"reason":"r","by":7}""", "by")]
    [InlineData("""{"reason":"r","force":true}""", "force")]
    [InlineData("", "body")]
    public async Task An_activation_says_why(string body, string field)
    {
        var problem = await shared.App.PostAsync("/api/models/v/activate", body, 400);
        Assert.Equal(field, problem.GetProperty("errors")[0].GetProperty("field").GetString());
    }
}
