using System.Diagnostics;
using System.Text.Json;
using SasRec.Functions.Tests.Rules;
using SasRec.Storage.Log;

namespace SasRec.Functions.Tests.Serve;

[Collection<RuledTests>]
public sealed class BatchTests(RuledApp ruled) : IDisposable
{
    readonly TestApp app = ruled.Serving.App;
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task A_batch_holds_for_every_user_what_the_API_answers_without_exploration()
    {
        var users = Enumerable.Range(0, 12).Select(i => $"batch ü {i}").ToArray();
        var events = users.SelectMany((user, i) => new[]
        {
            new { userId = user, itemId = $"item {(i * 5) % 40}", type = "view" },
            new { userId = user, itemId = $"item {((i * 7) + 3) % 40}", type = "purchase" },
            new { userId = user, itemId = $"item {(i * 11) % 40}", type = i % 3 == 0 ? "dislike" : "view" },
        });
        await app.PostAsync("/api/events", new { events }, 202);
        await Eventually.TrueAsync("the events are in the log", async () => (await Task.WhenAll(
            users.Select(user => app.Get<InteractionLog>().NewestAsync(user, 10)))).All(history => history.Count == 3));
        await app.SendAsync(HttpMethod.Put, "/api/rules/mail", 200, new
        {
            rules = new
            {
                where = new[] { new { attribute = "sale", exists = false } },
                boosts = new[] { new { where = new[] { new { category = "c2" } }, amount = 1.5 } },
                pins = new[] { new { itemId = "item 34", rank = 2 } },
                maxPerCategory = 2,
            },
            reason = "mail",
            by = "ann",
        });
        var listed = scratch.File("users");
        await File.WriteAllLinesAsync(listed, [.. users, "nobody", users[0]], TestContext.Current.CancellationToken);

        var batch = await BatchAsync("--users", listed, "--placement", "mail", "--k", "6", "--deny-categories", "c3");

        Assert.Equal(users.Append("nobody").Order(StringComparer.Ordinal), batch.Keys.Order(StringComparer.Ordinal));
        foreach (var (user, slate) in batch)
        {
            var request = new { userId = user, k = 6, temperature = 0, epsilon = 0, newItemShare = 0, placement = "mail", denyCategories = new[] { "c3" }, preview = true };
            await Eventually.TrueAsync("the rules serve, and the batch is what they make", async () =>
            {
                var answer = await app.PostAsync("/api/recommendations", request, 200);
                Assert.Equal(answer.GetProperty("modelVersion").GetString(), slate.GetProperty("modelVersion").GetString());
                return Slate(answer) == Slate(slate) && answer.GetProperty("source").GetString() == slate.GetProperty("source").GetString();
            });
        }

        Assert.Equal("popularity", batch["nobody"].GetProperty("source").GetString());
        Assert.All(batch.Values, slate => Assert.Equal(
            ("item 34", true), (slate.GetProperty("items")[1].GetProperty("itemId").GetString(), slate.GetProperty("items")[1].GetProperty("forced").GetBoolean())));
    }

    static string Slate(JsonElement answer) => string.Join(" ", answer.GetProperty("items").EnumerateArray().Select(item =>
        $"{item.GetProperty("rank").GetInt32()}:{item.GetProperty("itemId").GetString()}"
        + $":{(item.TryGetProperty("score", out var score) && score.ValueKind == JsonValueKind.Number ? score.GetDouble().ToString("F4") : "")}"));

    /// <summary>The lines of 'trainer recommend' by user.</summary>
    async Task<IReadOnlyDictionary<string, JsonElement>> BatchAsync(params string[] args)
    {
        var output = scratch.File("out");
        var start = new ProcessStartInfo("dotnet", [FunctionsProcess.Built("SasRec.Trainer", "SasRec.Trainer.dll"), "recommend", "--out", output, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AzureWebJobsStorage"] = app.ConnectionString;
        start.Environment["Storage__FeedMargin"] = "00:00:02";
        start.Environment["Storage__FeedLag"] = "00:00:04.2";
        using var process = Process.Start(start)!;
        var (said, failed) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await said + await failed);
        return Directory.GetFiles(output, "*.jsonl").SelectMany(File.ReadLines).Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .ToDictionary(line => line.GetProperty("userId").GetString()!);
    }
}
