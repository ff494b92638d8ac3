using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SasRec.Azurite;
using SasRec.Storage;
using SasRec.Storage.Log;

namespace SasRec.Functions.Tests.Spaces;

public sealed class SpacesTests
{
    static readonly string[] Spaces = ["", "outdoor", "kitchen"];
    static readonly string[] Settings = ["Spaces:Names=outdoor, kitchen", "Health:Timeout=00:00:30", .. Shop.Settings("outdoor"), .. Shop.Settings("kitchen")];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Spaces_with_the_same_ids_side_by_side_under_load_have_nothing_of_each_other()
    {
        const int Users = 6, Rounds = 25;
        await using var app = await TestApp.StartAsync([.. Settings, "Serve:HistoryShared=00:00:00", "Serve:ImpressionTimeout=00:00:30"]);
        var shops = Spaces.Select(space => new Shop(app, space)).ToArray();
        await Task.WhenAll(shops.Select((shop, i) => shop.OpenAsync(shift: i)));

        // Every shop at once, with the same users, items, events, rules and experiments.
        var slates = await Task.WhenAll(shops.Select(async shop =>
            (await Task.WhenAll(Enumerable.Range(0, Users).Select(user => TradeAsync(shop, user, Rounds)))).SelectMany(of => of).ToArray()));
        await Task.WhenAll(shops.Select(async shop =>
        {
            await shop.SendAsync(HttpMethod.Put, "/api/rules/home", new { rules = new { maxPerCategory = 4 }, by = shop.Name, reason = "a promotion" });
            await shop.SendAsync(HttpMethod.Put, "/api/experiments/one", new { arms = new[] { new { name = "a", share = 0.5 }, new { name = "b", share = 0.5 } }, by = shop.Name, reason = "a try" });
            await shop.Storage.Queue(Names.InteractionsQueue + Names.PoisonSuffix).SendMessageAsync($"{shop.Name} is no message", Cancellation);
        }));

        foreach (var (i, shop) in shops.Index())
        {
            // On a busy machine a slate may not be logged, and says so; it may be stored all the same.
            var stored = await Eventually.GetAsync(
                $"{shop.Name} has every slate that it logged", () => SlatesAsync(shop), found => found.IsSupersetOf(slates[i].Where(slate => slate.Logged).Select(slate => slate.Id)));
            Assert.Subset(slates[i].Select(slate => slate.Id).ToHashSet(), stored);
            for (var user = 0; user < Users; user++)
            {
                var history = await Eventually.GetAsync(
                    $"{shop.Name} has what user {user} did, each event once",
                    () => shop.SendAsync(HttpMethod.Get, $"/api/users/user%20{user}?count=200"),
                    found => found.GetProperty("interactions").GetArrayLength() == Rounds);
                Assert.All(history.GetProperty("interactions").EnumerateArray(), e => Assert.Equal(shop.Name, e.GetProperty("source").GetString()));
            }

            Assert.Equal(shop.Version, Assert.Single((await shop.SendAsync(HttpMethod.Get, "/api/models")).GetProperty("models").EnumerateArray()).GetProperty("version").GetString());
            Assert.Equal(shop.Name, Assert.Single((await shop.SendAsync(HttpMethod.Get, "/api/rules/home")).GetProperty("changes").EnumerateArray()).GetProperty("by").GetString());
            Assert.Equal($"{shop.Name} is no message", Assert.Single((await shop.SendAsync(HttpMethod.Get, "/api/messages")).GetProperty("messages").EnumerateArray()).GetProperty("text").GetString());
            var status = await shop.SendAsync(HttpMethod.Get, "/api/status");
            Assert.Equal(shop.Storage.Options.Space, status.TryGetProperty("space", out var space) ? space.GetString() : "");

            // Nothing of one is anywhere in the storage of another.
            var text = await StoredText.OfAsync(shop.Storage);
            Assert.Contains(shop.Name, text, StringComparison.Ordinal);
            Assert.All(shops.Where(other => other != shop), other => Assert.DoesNotContain(other.Name, text, StringComparison.Ordinal));
        }

        // What one forgets or drops, the others keep.
        await shops[1].SendAsync(HttpMethod.Delete, "/api/users/user%200");
        await shops[1].SendAsync(HttpMethod.Delete, "/api/items/item%207");
        await shops[1].SendAsync(HttpMethod.Delete, "/api/rules/home?by=ann&reason=over");
        foreach (var shop in shops)
        {
            var changed = shop == shops[1];
            Assert.Equal(changed ? 0 : Rounds, (await shop.SendAsync(HttpMethod.Get, "/api/users/user%200?count=200")).GetProperty("interactions").GetArrayLength());
            await shop.SendAsync(HttpMethod.Get, "/api/items/item%207", status: changed ? 404 : 200);
            Assert.Equal(changed ? 0 : 1, (await shop.SendAsync(HttpMethod.Get, "/api/rules")).GetProperty("placements").GetArrayLength());
            shop.Dispose();
        }
    }

    [Fact]
    public async Task A_key_of_a_space_that_there_is_not_is_refused_like_a_wrong_one_and_anybody_may_ask_what_needs_no_key()
    {
        // The host knows the key, as it would after the space was taken away.
        await using var app = await TestApp.StartAsync([.. Settings, .. Shop.Settings("gone")]);
        foreach (var path in new[] { "/api/models", "/api/v1/models", "/api/status" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(app, path, "gone.a-secret"));
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(app, path, "outdoor.another-secret"));
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(app, path, "kitchen.outdoor.a-secret"));
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(app, $"{path}?code=gone.a-secret"));
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(app, path, "outdoor.a-secret", "kitchen.a-secret"));
            Assert.Equal(HttpStatusCode.OK, await AskAsync(app, path, "outdoor.a-secret"));
        }

        // The key in the header is the one that counts, for the host and for the application.
        using var shop = Shop.With(app, "outdoor.a-secret");
        var status = JsonSerializer.Deserialize<JsonElement>(await shop.GetStringAsync("/api/status?code=kitchen.a-secret", Cancellation));
        Assert.Equal("outdoor", status.GetProperty("space").GetString());
        Assert.Equal(HttpStatusCode.OK, await AskAsync(app, "/api/health", "gone.a-secret"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(app, "/api/page/", "outdoor.made-up"));
    }

    [Fact]
    public async Task Each_space_is_retrained_by_itself_by_hand_and_by_the_timer()
    {
        using var folder = new ScratchFolder();
        await File.WriteAllTextAsync(folder.File("job.sh"), $"cd '{folder.Path}'\necho \"$@\" >> said\nwhile [ ! -e go ]; do sleep 0.05; done\n", Cancellation);
        await using var app = await TestApp.StartAsync(
            [.. Settings, $"Trainer:Command=bash \"{folder.File("job.sh")}\"", "Retrain:MinimumNewEvents=0", "RetrainSchedule=*/1 * * * * *", "Logging:LogLevel:SasRec=Error"]);
        foreach (var space in Spaces)
        {
            var arguments = space.Length > 0 ? $" --space {space}" : "";
            await Eventually.TrueAsync($"the timer trains '{space}' while the others train", async () =>
                File.Exists(folder.File("said")) && (await File.ReadAllLinesAsync(folder.File("said"), Cancellation)).Any(line => line.EndsWith("--trigger timer" + arguments, StringComparison.Ordinal)));
            using var shop = new Shop(app, space);
            await shop.SendAsync(HttpMethod.Post, "/api/retrain?force=true", status: 409);
        }

        await File.WriteAllTextAsync(folder.File("go"), "", Cancellation);
        using var outdoor = new Shop(app, "outdoor");
        using var response = await Eventually.GetAsync(
            "a run is started by hand", async () => await Shop.With(app, Shop.KeyOf("outdoor")).PostAsync("/api/retrain?force=true", null, Cancellation),
            answer => answer.StatusCode is HttpStatusCode.Accepted);
        await Eventually.TrueAsync("it is told its space", async () =>
            (await File.ReadAllLinesAsync(folder.File("said"), Cancellation)).Any(line => line.EndsWith("--trigger http --space outdoor", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_instance_keeps_what_it_last_read_of_each_space_apart_and_nothing_of_spaces_that_are_gone()
    {
        using var folder = new ScratchFolder();
        var cache = folder.File("kept");
        await using var azurite = await AzuriteServer.StartAsync(cancellation: Cancellation);
        await using var first = await TestApp.StartAsync(azurite, [.. Settings, $"Serve:ModelCache={cache}"]);
        var versions = new Dictionary<string, string>();
        foreach (var (i, space) in Spaces.Index())
        {
            using var shop = new Shop(first, space);
            await shop.OpenAsync(shift: i);
            versions[space] = shop.Version;
        }

        await azurite.DisposeAsync();
        await using var second = await FunctionsProcess.StartAsync(
        [
            $"AzureWebJobsStorage={first.ConnectionString}", "RetrainSchedule=0 0 0 1 1 *", $"Serve:ModelCache={cache}", "Logging:LogLevel:Default=None",
            "Serve:StartTimeout=00:01:00", "Items:StartTimeout=00:01:00", $"Host:FunctionKey={TestApp.Key}", "Spaces:Names=kitchen", .. Shop.Settings("kitchen"),
        ]);
        foreach (var (space, title) in new[] { ("", "bakery"), ("kitchen", "kitchen") })
        {
            using var client = new HttpClient { BaseAddress = second.Address, DefaultRequestHeaders = { { "x-functions-key", Shop.KeyOf(space) } } };
            using var answer = await client.PostAsJsonAsync("/api/recommendations", new { history = new[] { "item 1" } }, Cancellation);
            var slate = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            Assert.Equal(versions[space], slate.GetProperty("modelVersion").GetString());
            Assert.All(slate.GetProperty("items").EnumerateArray(), item => Assert.StartsWith(title, item.GetProperty("title").GetString(), StringComparison.Ordinal));
        }

        Assert.Equal(["kitchen"], Directory.GetDirectories(cache + ".spaces").Select(Path.GetFileName));
    }

    /// <summary>The slates that a shop has stored, without those of its opening.</summary>
    static async Task<HashSet<string>> SlatesAsync(Shop shop) =>
    [
        .. await new ImpressionLog(shop.Storage).ScanAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.UtcNow.AddDays(1), Cancellation)
            .Where(slate => slate.UserId != "nobody").Select(slate => slate.RecommendationId).ToListAsync(Cancellation),
    ];

    /// <summary>Acts and is served in turn.</summary>
    static async Task<List<(string Id, bool Logged)>> TradeAsync(Shop shop, int user, int rounds)
    {
        var slates = new List<(string Id, bool Logged)>();
        for (var round = 0; round < rounds; round++)
        {
            await shop.SendAsync(HttpMethod.Post, "/api/events", new
            {
                events = new[] { new { eventId = $"event {user}-{round}", userId = $"user {user}", itemId = $"item {(user + round) % Shop.Items}", type = "view", source = shop.Name } },
            }, 202);
            var slate = await shop.RecommendAsync($"user {user}");
            Assert.Equal(shop.Version, slate.GetProperty("modelVersion").GetString());
            Assert.All(slate.GetProperty("items").EnumerateArray(), item => Assert.True(shop.IsOwn(item), $"{shop.Name} got {item}"));
            slates.Add((slate.GetProperty("recommendationId").GetString()!, slate.GetProperty("logged").GetBoolean()));
        }

        return slates;
    }

    static async Task<HttpStatusCode> AskAsync(TestApp app, string path, params string[] keys)
    {
        using var client = new HttpClient { BaseAddress = app.Client.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        Array.ForEach(keys, key => request.Headers.Add("x-functions-key", key));
        using var response = await client.SendAsync(request, Cancellation);
        return response.StatusCode;
    }
}
