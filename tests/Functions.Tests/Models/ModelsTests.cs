using System.Text.Json;
using SasRec.Functions.Models;
using SasRec.Functions.Tests.Serve;
using SasRec.Storage.Models;
using SasRec.Storage.Training;

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

[Collection<TurnsTests>]
public class OverrideTests(TurnsApp turns)
{
    readonly TestApp app = turns.App;

    [Fact]
    public async Task A_refused_model_serves_only_against_the_verdict_and_its_name_stands_there_from_then_on()
    {
        var registry = app.Get<ModelRegistry>();
        var champion = await new TestModel(10).PublishAsync(registry);
        var verdict = new GateVerdict(false, ["It may be worse."], new Dictionary<string, double> { ["champion.low"] = -0.1 });
        var refused = await new TestModel(12).PublishAsync(registry, activate: false, verdict: verdict);

        var problem = await app.PostAsync($"/api/models/{refused}/activate", new { reason = "trust me" }, 409);

        Assert.StartsWith("It may be worse.", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(champion, (await registry.CurrentAsync())!.Pointer.Version);
        Assert.Null((await registry.GetAsync(refused)).Verdict!.OverriddenBy);

        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        await app.PostAsync($"/api/models/{refused}/activate", new { reason = "trust me", by = "ann", @override = true }, 200);

        var list = await app.GetAsync("/api/models");
        var listed = list.GetProperty("models").EnumerateArray().Single(m => m.GetProperty("version").GetString() == refused);
        var found = listed.GetProperty("verdict");
        Assert.Equal((false, "ann"), (found.GetProperty("passed").GetBoolean(), found.GetProperty("overriddenBy").GetString()));
        Assert.Equal("trust me", found.GetProperty("override").GetProperty("reason").GetString());
        Assert.InRange(found.GetProperty("override").GetProperty("at").GetDateTimeOffset(), before, DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.Equal(-0.1, found.GetProperty("figures").GetProperty("champion.low").GetDouble());
        Assert.Equal("against the gate's verdict: trust me", list.GetProperty("history")[0].GetProperty("reason").GetString());

        var files = (await registry.GetAsync(refused)).Files.Values.Sum(file => file.Bytes);
        Assert.Equal(files, listed.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public void A_model_was_current_from_each_move_to_it_until_the_next_move_away()
    {
        var noon = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        ModelMove[] history =
        [
            Move("a", "a", 5), Move("a", "b", 4), Move("b", "a", 3), Move("a", "a", 2), Move("a", null, 1),
        ];

        Assert.Equal([new(noon.AddHours(4), null), new(noon.AddHours(1), noon.AddHours(3))], ModelSpan.Of("a", history));
        Assert.Equal([new(noon.AddHours(3), noon.AddHours(4))], ModelSpan.Of("b", history));

        ModelMove Move(string version, string? previous, int hour) => new(version, previous, noon.AddHours(hour), "", "");
    }

    [Fact]
    public async Task A_refused_run_shows_in_health_until_its_model_serves_and_so_does_a_worse_recipe()
    {
        var registry = app.Get<ModelRegistry>();
        var champion = await new TestModel(10).PublishAsync(registry);
        var refused = await new TestModel(12).PublishAsync(
            registry, activate: false, verdict: new GateVerdict(false, ["It may be worse."], new Dictionary<string, double>()));
        var run = new RunRecord
        {
            RunId = app.Get<RunLog>().NewId(),
            Trigger = "test",
            StartedAt = DateTimeOffset.UtcNow,
            FinishedAt = DateTimeOffset.UtcNow,
            Outcome = RunOutcome.Refused,
            ModelVersion = refused,
        };
        await app.Get<RunLog>().SaveAsync(run);

        await Eventually.TrueAsync("health names the refusal", async () => Problems(await app.HealthAsync())
            .Any(problem => problem.StartsWith($"The gate refused model {refused} of the last retrain run; {champion} serves.", StringComparison.Ordinal)));
        await registry.ActivateAsync(refused, "ann", "it is fine", overrule: true);
        await Eventually.TrueAsync("health is well again", async () =>
            (await app.HealthAsync()).GetProperty("status").GetString() == "healthy");

        var worse = new GateVerdict(true, [], new Dictionary<string, double>()) { Regression = "The recipe has got worse." };
        await app.Get<RunLog>().SaveAsync(run with { Outcome = RunOutcome.Published, Verdict = worse });
        await Eventually.TrueAsync("health names the worse network", async () => Problems(await app.HealthAsync())
            .Any(problem => problem.StartsWith($"The last retrain run, {run.RunId}, trained a worse network than before", StringComparison.Ordinal)));

        static IEnumerable<string> Problems(JsonElement health) => health.GetProperty("problems").EnumerateArray().Select(p => p.GetString()!);
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
    [InlineData("""{"reason":"r","override":"yes"}""", "override")]
    [InlineData("""{"reason":"r","force":true}""", "force")]
    [InlineData("", "body")]
    public async Task An_activation_says_why(string body, string field)
    {
        var problem = await shared.App.PostAsync("/api/models/v/activate", body, 400);
        Assert.Equal(field, problem.GetProperty("errors")[0].GetProperty("field").GetString());
    }
}
