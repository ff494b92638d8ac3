using System.Text.Json;
using SasRec.Core.Events;
using SasRec.Storage.Log;

namespace SasRec.Functions.Tests.Users;

public class UsersTests(SharedApp shared)
{
    readonly TestApp app = shared.App;

    [Theory]
    [InlineData("plain-")]
    [InlineData("ü 日本 👩‍🚀-")]
    [InlineData("a/b#c?d\\e%2-")]
    [InlineData("'; or 1 eq 1 -- ")]
    public async Task A_user_is_read_newest_first_and_forgotten(string prefix)
    {
        var user = prefix + Guid.NewGuid().ToString("N");
        var path = $"/api/users/{Uri.EscapeDataString(user)}";
        Assert.Empty((await app.GetAsync(path)).GetProperty("interactions").EnumerateArray());

        var events = Enumerable.Range(1, 5).Select(i => new { eventId = $"e{i}", userId = user, itemId = $"i{i}", timestamp = $"2026-01-0{i}T00:00:00Z" });
        await app.PostAsync("/api/events", new { events }, 202);
        await Eventually.TrueAsync("the events are logged", async () => (await app.GetAsync(path)).GetProperty("interactions").GetArrayLength() == 5);
        var newest = await app.GetAsync(path + "?count=2");
        Assert.Equal(user, newest.GetProperty("userId").GetString());
        Assert.Equal(["e5", "e4"], newest.GetProperty("interactions").EnumerateArray().Select(e => e.GetProperty("eventId").GetString()));

        var shown = new Impression
        {
            RecommendationId = RecommendationId.New(TimeProvider.System), UserId = user, ServedAt = DateTimeOffset.UtcNow, ModelVersion = "m", Recommender = "sasrec",
            Temperature = 0, Epsilon = 0, Seed = 0, EligibleCount = 1, Items = [new ServedItem("i1", 1, 0, 1, false)],
        };
        await app.Get<ImpressionLog>().AppendAsync([shown]);
        var forgotten = await app.SendAsync(HttpMethod.Delete, $"/api/users/-?id={Uri.EscapeDataString(user)}", 200);
        Assert.Equal((5, 1), (forgotten.GetProperty("interactions").GetInt32(), forgotten.GetProperty("impressions").GetInt32()));
        Assert.Empty((await app.GetAsync(path)).GetProperty("interactions").EnumerateArray());
        var left = await app.Get<ImpressionLog>().GetAsync(shown.RecommendationId);
        Assert.Null(left!.UserId);
        Assert.Equal(shown.Items, left.Items);
    }

    [Fact]
    public async Task Users_whose_ids_a_path_cannot_tell_apart_are_read_and_forgotten_one_by_one()
    {
        var some = Guid.NewGuid().ToString("N");
        string[] users = [$"{some}a/b", $"{some}a%2Fb", $"{some}a%252Fb", $"{some} ", $" {some}", $"{some}\u0001", $"{some}+", "-", ".", ".."];
        await app.PostAsync("/api/events", new { events = users.Select(user => new { userId = user, itemId = "of " + user }) }, 202);
        foreach (var user in users)
        {
            await Eventually.TrueAsync("the event is logged", async () => (await ItemsOfAsync(user)).Contains("of " + user));
        }

        foreach (var (at, user) in users.Index())
        {
            var forgotten = await app.SendAsync(HttpMethod.Delete, $"/api/users/-?id={Uri.EscapeDataString(user)}", 200);

            Assert.Equal(user, forgotten.GetProperty("userId").GetString());
            Assert.Empty(await ItemsOfAsync(user));
            foreach (var other in users[(at + 1)..])
            {
                Assert.Contains("of " + other, await ItemsOfAsync(other));
            }
        }

        async Task<string[]> ItemsOfAsync(string user) =>
        [
            .. (await app.GetAsync($"/api/users/-?id={Uri.EscapeDataString(user)}")).GetProperty("interactions").EnumerateArray()
                .Select(interaction => interaction.GetProperty("itemId").GetString()!),
        ];
    }

    [Theory]
    [InlineData("a%2Fb")]
    [InlineData("a%252Fb")]
    [InlineData("a?id=b")]
    [InlineData("-?id=")]
    [InlineData("-?id=a&id=b")]
    public async Task A_path_that_may_stand_for_two_users_forgets_none(string path) =>
        await app.SendAsync(HttpMethod.Delete, $"/api/users/{path}", 400);

    [Fact]
    public async Task An_id_that_is_too_long_or_a_bad_count_is_refused()
    {
        await app.GetAsync($"/api/users/{new string('x', 257)}", 400);
        await app.GetAsync("/api/users/u?count=1001", 400);
        await app.GetAsync("/api/users/u?limit=5", 400);
        await app.SendAsync(HttpMethod.Delete, "/api/users/u?force=true", 400);
    }
}
