using System.Text.Json;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Functions.Tests.Items;
using SasRec.Storage.Log;

namespace SasRec.Functions.Tests.Serve;

[Collection<CatalogueTests>]
public class DislikeTests(ShopApp shop)
{
    readonly TestApp app = shop.Serving.App;
    readonly TestModel model = shop.Serving.Model;

    [Fact]
    public async Task After_three_dislikes_of_a_category_the_list_has_less_of_it_and_none_of_the_three()
    {
        var user = await UserAsync(("item 25", "view"));
        var before = Ids(await GreedyAsync(user));
        var even = before.Where(IsEven).ToArray();
        Assert.True(even.Length >= 4, string.Join(", ", before));
        await SendAsync(user, [.. even.Take(3).Zip(["dislike", "not-interested", "return"])], 4);
        var after = Ids(await Eventually.GetAsync(
            "the dislikes are known", () => GreedyAsync(user), slate => !Ids(slate).Intersect(even.Take(3)).Any()));
        Assert.True(after.Count(IsEven) <= even.Length - 3, $"{string.Join(", ", before)} -> {string.Join(", ", after)}");

        // What a visitor turned down in a session of their own does the same.
        Assert.Equal(after, Ids(await PostAsync(new { history = new[] { "item 25" }, dislikes = even[..3].Reverse(), k = 20, temperature = 0, epsilon = 0, newItemShare = 0 })));
    }

    [Fact]
    public async Task A_dislike_is_no_action_and_what_was_taken_up_again_is_no_dislike()
    {
        var user = await UserAsync(("item 3", "view"), ("item 9", "purchase"), ("item 9", "return"), ("item 5", "dislike"), ("item 5", "view"), ("item 11", "hide"));
        var slate = await app.GetAsync($"/api/recommendations/{user}?k=100&excludeSeen=false&temperature=0&epsilon=0&newItemShare=0");
        var eligible = Ids(slate);
        Assert.DoesNotContain("item 9", eligible);
        Assert.DoesNotContain("item 11", eligible);
        Assert.Contains("item 3", eligible);
        Assert.Contains("item 5", eligible);
        var impression = await ImpressionAsync(slate);
        Assert.Equal(2, impression.HistoryCount);
    }

    [Fact]
    public async Task Propensities_are_exact_with_dislikes()
    {
        var slate = await PostAsync(new { history = new[] { "item 25" }, dislikes = new[] { "item 2", "item 1" }, k = 5, temperature = 0.7, epsilon = 0.1, newItemShare = 0, preview = false });
        var impression = await ImpressionAsync(slate);
        Assert.Equal(impression.Items.Select(item => item.Propensity), Propensity.OfSlate(impression), (a, b) => Math.Abs(a - b) < 1e-6);

        // The penalty by its formula: embeddings lie on a circle; "even", "odd" have 10 items of 44, "known" has 19.
        var scores = Enumerable.Range(0, 40).Select(i => (double)model.Score(25, i)).ToArray();
        var mean = scores.Average();
        var deviation = Math.Sqrt(scores.Average(score => (score - mean) * (score - mean)));
        foreach (var item in impression.Items.Where(item => !item.IsNew))
        {
            var i = int.Parse(item.ItemId.Split(' ')[1]);
            var kept = (1 - (Likeness(i, 2) / 2)) * (1 - (Likeness(i, 1) / 2));
            Assert.Equal(scores[i] - (3 * deviation * (1 - kept)), item.Score!.Value, 1e-3);
        }

        static double Likeness(int i, int disliked)
        {
            var cosine = Math.Max(0, Math.Cos(2 * Math.PI * (i - disliked) / 40));
            var shared = i >= 20 ? 0 : (i - disliked) % 2 == 0 ? Rarity(10) : Rarity(19);
            return Math.Max(cosine, shared);
        }

        static double Rarity(int members) => Math.Log(44.0 / members) / Math.Log(44);
    }

    static bool IsEven(string id) => id.StartsWith("item ", StringComparison.Ordinal) && int.Parse(id.Split(' ')[1]) is < 20 and var number && number % 2 == 0;

    Task<JsonElement> GreedyAsync(string user) => app.GetAsync($"/api/recommendations/{user}?k=20&temperature=0&epsilon=0&newItemShare=0&preview=true");

    Task<JsonElement> PostAsync(object body) => app.PostAsync("/api/recommendations", body, 200);

    async Task<Impression> ImpressionAsync(JsonElement slate) => (await Eventually.GetAsync(
        "the impression is logged", () => app.Get<ImpressionLog>().GetAsync(slate.GetProperty("recommendationId").GetString()!), found => found is not null))!;

    static string[] Ids(JsonElement slate) => [.. slate.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!)];

    async Task<string> UserAsync(params (string Item, string Type)[] events)
    {
        var user = $"u{Guid.NewGuid():N}";
        await SendAsync(user, events, events.Length);
        return user;
    }

    async Task SendAsync(string user, (string Item, string Type)[] events, int total)
    {
        var first = total - events.Length;
        await app.PostAsync("/api/events", new
        {
            events = events.Select((e, i) => new
            {
                eventId = $"{user}-{first + i}", userId = user, itemId = e.Item, type = e.Type, timestamp = DateTimeOffset.UtcNow.AddMinutes(first + i - 60),
            }),
        }, 202);
        await Eventually.TrueAsync("the events are in the log", async () =>
            (await app.GetAsync($"/api/users/{user}")).GetProperty("interactions").GetArrayLength() == total);
    }
}
