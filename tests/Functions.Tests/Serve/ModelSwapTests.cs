using System.Collections.Concurrent;
using System.Text.Json;
using SasRec.Core.Events;
using SasRec.Storage;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Serve;

public class ModelSwapTests
{
    [Fact]
    public async Task Models_change_under_load_without_an_error_a_mixed_answer_or_a_model_left_behind()
    {
        const int swaps = 24, items = 2000;
        // The worker's managed heap is bounded, and blocks of 1 MB and more are mapped each for itself, so that what it holds is what it needs,
        // and not what it has not collected or its allocator has not given back yet.
        await using var app = await TestApp.StartAsync(
            "Logging:LogLevel:SasRec=Error", "DOTNET_GCHeapHardLimit=0xA000000", "MALLOC_MMAP_THRESHOLD_=1048576");
        var registry = app.Get<ModelRegistry>();
        TestModel[] models = [new(items), new(items, shift: 100), new(items, shift: 200)];
        var versions = new Dictionary<string, TestModel>();
        foreach (var model in models)
        {
            versions[await model.PublishAsync(registry, activate: false)] = model;
        }

        await SwapAsync(versions.Keys.First());
        using var enough = new CancellationTokenSource();
        var answers = new ConcurrentDictionary<string, int>();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (var i = worker; !enough.IsCancellationRequested; i += 4)
            {
                var slate = await app.PostAsync("/api/recommendations", new { history = new[] { $"item {i % items}" }, k = 1, temperature = 0, epsilon = 0 }, 200);
                var version = slate.GetProperty("modelVersion").GetString()!;
                var top = slate.GetProperty("items")[0].Deserialize<ServedItem>(JsonSerializerOptions.Web)!;
                Assert.Equal(versions[version].Score(i % items, Array.IndexOf(versions[version].Items, top.ItemId)), top.Score);
                answers.AddOrUpdate(version, 1, (_, n) => n + 1);
            }
        })));
        var memory = new List<long>();
        for (var swap = 1; swap <= swaps; swap++)
        {
            await SwapAsync(versions.Keys.ElementAt(swap % 3));
            var seen = answers.Values.Sum();
            await Eventually.TrueAsync("requests are answered by the new model", () => Task.FromResult(load.IsFaulted || answers.Values.Sum() > seen + 20));
            memory.Add(app.WorkerMemory);
        }

        await enough.CancelAsync();
        await load;
        Assert.Equal(3, answers.Count);

        // A table of 2,000 x 2,000 floats is 16 MB: were those of the last swaps left behind, they would be 250 MB and more.
        Assert.True(memory[^8..].Min() - memory[8..12].Min() < 80L << 20, string.Join(" ", memory.Select(m => m >> 20)));

        async Task SwapAsync(string version)
        {
            await app.PostAsync($"/api/models/{version}/activate", new { reason = "the test wants it" }, 200);
            await app.ServesAsync(version);
        }
    }

    [Fact]
    public async Task A_broken_model_is_never_served_the_old_one_stays_and_health_says_why()
    {
        await using var app = await TestApp.StartAsync("Health:KeepFor=00:00:00", "Logging:LogLevel:SasRec=None");
        var registry = app.Get<ModelRegistry>();
        await Eventually.TrueAsync(
            "health says that there is no model", async () => Problems(await app.HealthAsync()).Contains("No model is published yet; what is popular is recommended."));
        await app.GetAsync("/api/recommendations/u", 503);

        var good = await new TestModel(40).PublishAsync(registry);
        await Eventually.TrueAsync("the model serves", async () => (await app.HealthAsync()).GetProperty("status").GetString() == "healthy");

        await RefusedAsync(await new TestModel(40).PublishAsync(registry, "no network"u8.ToArray()), "");
        await RefusedAsync(await new TestModel(41).PublishAsync(registry, new TestModel(40).Onnx()), "41 items");
        await RefusedAsync(await new TestModel(40, shift: float.NaN).PublishAsync(registry), "NaN");
        var tampered = await new TestModel(40, shift: 1).PublishAsync(registry, activate: false);
        await app.Storage.Container(Names.ModelsContainer).GetBlobClient($"{tampered}/model.onnx")
            .UploadAsync(new BinaryData(new TestModel(40).Onnx()), overwrite: true);
        await registry.ActivateAsync(tampered, "test", "because");
        await RefusedAsync(tampered, "SHA-256");

        // A new instance has no old model in memory, and finds the one that works.
        await using (var second = await SecondAsync(app))
        {
            await second.ServesAsync(good);
            var model = (await second.HealthAsync()).GetProperty("model");
            Assert.Equal(tampered, model.GetProperty("wanted").GetString());
            Assert.Contains("SHA-256", model.GetProperty("failure").GetString(), StringComparison.Ordinal);
        }

        async Task RefusedAsync(string version, string why)
        {
            var report = await Eventually.GetAsync(
                "the model is refused", app.HealthAsync, r => r.GetProperty("model").GetProperty("wanted").GetString() == version);
            Assert.Equal("degraded", report.GetProperty("status").GetString());
            Assert.Equal(good, report.GetProperty("model").GetProperty("serving").GetString());
            Assert.Contains(why, report.GetProperty("model").GetProperty("failure").GetString(), StringComparison.Ordinal);
            Assert.Contains(Problems(report), p => p.StartsWith($"Model {version} is refused; {good} serves.", StringComparison.Ordinal));
            var slate = await app.PostAsync("/api/recommendations", new { history = Array.Empty<string>() }, 200);
            Assert.Equal(good, slate.GetProperty("modelVersion").GetString());
        }
    }

    static Task<TestApp> SecondAsync(TestApp app) => app.StartAnotherAsync("Logging:LogLevel:SasRec=None");

    static string[] Problems(JsonElement health) => [.. health.GetProperty("problems").EnumerateArray().Select(p => p.GetString()!)];
}
