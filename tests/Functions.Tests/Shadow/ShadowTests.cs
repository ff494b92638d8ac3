using System.Text.Json;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Functions.Serve;
using SasRec.Functions.Shadow;
using SasRec.Functions.Tests.Serve;
using SasRec.Storage.Log;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Shadow;

public class ShadowTests
{
    static readonly string[] History = ["item 3", "item 7"];

    [Fact]
    public async Task A_shadow_scores_what_is_served_and_shows_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var registry = app.Get<ModelRegistry>();
        var (serving, shadowing) = (new TestModel(40), new TestModel(36, shift: 3));
        var champion = await serving.PublishAsync(registry);
        var verdict = new GateVerdict(false, ["It may be worse."], new Dictionary<string, double>());
        var shadow = await shadowing.PublishAsync(registry, activate: false, verdict: verdict);
        await app.ServesAsync(champion);
        var nobody = await app.GetAsync("/api/models/shadow");
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (nobody.GetProperty("shadow").ValueKind, nobody.GetProperty("evidence").ValueKind));

        await app.PostAsync($"/api/models/{shadow}/shadow", new { reason = "how would it do", by = "ann" }, 200);
        await HereAsync(app, "the shadow is in memory", here => here.GetProperty("version").GetString() == shadow);
        Assert.Equal(shadow, (await app.GetAsync("/api/models")).GetProperty("shadow").GetString());

        var slate = await app.PostAsync(
            "/api/recommendations",
            new { userId = "ann", history = History, k = 6, temperature = 1.5, epsilon = 0.3, newItemShare = 0, exclude = new[] { "item 9" }, seed = 4 },
            200);
        Assert.Equal(champion, slate.GetProperty("modelVersion").GetString());
        var found = await Eventually.GetAsync<ServedSlate?>("the shadow's row is beside the slate", () => FindAsync(app), s => s?.Shadow is not null);

        // By hand: the shadow's probabilities over its own items, without the history and what the client shows already.
        var items = found!.Impression.Items.Select(item => int.Parse(item.ItemId.AsSpan("item ".Length))).ToArray();
        var eligible = Enumerable.Range(0, 36).Except([3, 7, 9]).ToArray();
        var remaining = eligible.ToHashSet();
        Assert.Equal(shadow, found.Shadow!.Version);
        for (var slot = 0; slot < items.Length; slot++)
        {
            var mass = remaining.Sum(item => Math.Exp(shadowing.Score(7, item) / 1.5));
            var share = remaining.Contains(items[slot]) ? Math.Exp(shadowing.Score(7, items[slot]) / 1.5) / mass : 0;
            var expected = (0.7 * share) + (0.3 / (found.Impression.EligibleCount - slot));
            Assert.Equal(expected, found.Shadow.Target[slot], 5);
            remaining.Remove(items[slot]);
        }

        var highest = eligible.OrderByDescending(item => shadowing.Score(7, item)).Take(6).ToHashSet();
        Assert.Equal(items.Count(highest.Contains) / 6.0, found.Shadow.Agreement, 12);

        var report = await app.GetAsync("/api/models/shadow");
        Assert.Equal(1, report.GetProperty("evidence").GetProperty("slates").GetInt32());
        Assert.Equal(found.Shadow.Agreement, report.GetProperty("evidence").GetProperty("agreement").GetDouble(), 12);
        Assert.True(report.GetProperty("here").GetProperty("bytes").GetInt64() > 0);
        await HereAsync(app, "it is counted", here => here.GetProperty("scored").GetInt32() == 1);

        await app.SendAsync(HttpMethod.Delete, "/api/models/shadow", 200);
        await HereAsync(app, "the shadow is gone", here => here.GetProperty("version").ValueKind == JsonValueKind.Null);
        Assert.Equal(champion, (await app.GetAsync("/api/models")).GetProperty("current").GetString());
    }

    [Fact]
    public async Task A_shadow_that_cannot_be_loaded_says_why_and_disturbs_nobody()
    {
        await using var app = await TestApp.StartAsync();
        var registry = app.Get<ModelRegistry>();
        var champion = await new TestModel(10).PublishAsync(registry);
        var broken = await new TestModel(12).PublishAsync(registry, onnx: [1, 2, 3], activate: false);

        await app.PostAsync("/api/models/20260101T000000Z-00000000/shadow", new { reason = "why not" }, 404);
        await app.PostAsync($"/api/models/{broken}/shadow", new { reason = "try", @override = true }, 400);
        await app.PostAsync($"/api/models/{broken}/shadow", new { reason = "try" }, 200);

        var report = await Eventually.GetAsync(
            "the failure is told", () => app.GetAsync("/api/models/shadow"), r => r.GetProperty("here").GetProperty("failure").ValueKind == JsonValueKind.String);
        Assert.Equal(JsonValueKind.Null, report.GetProperty("here").GetProperty("version").ValueKind);
        await app.ServesAsync(champion);
        Assert.Equal(champion, (await app.PostAsync("/api/recommendations", new { history = new[] { "item 1" } }, 200)).GetProperty("modelVersion").GetString());
    }

    [Fact]
    public void The_report_weighs_what_the_shadow_would_have_earned()
    {
        var random = new RandomStream(1);
        var slates = Enumerable.Range(0, 2_000).Select(i =>
        {
            // Two items, shown with equal chance; the first is acted on, and the shadow shows it nine times in ten.
            var good = random.NextDouble() < 0.5;
            var impression = new Impression
            {
                RecommendationId = $"{i}", UserId = $"user {i % 500}", ServedAt = DateTimeOffset.UnixEpoch, ModelVersion = "champion",
                Recommender = "sasrec", Temperature = 1, Epsilon = 0, Seed = 0, EligibleCount = 2,
                Items = [new ServedItem(good ? "good" : "bad", 1, 0, 0.5, false)],
            };
            SlateEvent[] events = good ? [new SlateEvent("good", "view", DateTimeOffset.UnixEpoch)] : [];
            return new ServedSlate(impression, events, new SlateShadow(i % 10 == 0 ? "other" : "shadow", [good ? 0.9 : 0.1], 1, i));
        });

        var findings = ShadowFindings.Of(slates, "shadow", new());

        Assert.Equal(1_800, findings.Slates);
        Assert.Null(findings.NotEnoughSupport);
        Assert.Equal(0.9, findings.Estimates[0].Value!.Value, 0.02);
        Assert.InRange(0.4, findings.Difference!.Low!.Value, findings.Difference.High!.Value);
        Assert.StartsWith("shadow is better than the model that serves by 0.4", findings.Verdict, StringComparison.Ordinal);
        Assert.InRange(findings.P99Milliseconds!.Value, 1_900, 1_999);
    }

    static Task<JsonElement> HereAsync(TestApp app, string what, Func<JsonElement, bool> met) =>
        Eventually.GetAsync(what, async () => (await app.GetAsync("/api/models/shadow")).GetProperty("here"), met);

    static async Task<ServedSlate?> FindAsync(TestApp app)
    {
        await foreach (var slate in app.Get<ImpressionLog>().ScanSlatesAsync(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddMinutes(5)))
        {
            return slate;
        }

        return null;
    }
}
