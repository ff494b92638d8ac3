using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using SasRec.Functions.Tests.Serve;

namespace SasRec.Functions.Tests.Users;

[Collection<ServingTests>]
public class ExportTests(ServingApp serving)
{
    readonly TestApp app = serving.App;

    [Fact]
    public async Task The_pages_of_an_export_hold_everything_that_is_kept_of_a_user_once_and_nothing_of_another()
    {
        var (user, other) = ($"ü/{Guid.NewGuid():N}", $"ü/{Guid.NewGuid():N}");
        var (path, slates) = ($"/api/users/{Uri.EscapeDataString(user)}/export", new List<string>());
        foreach (var who in new[] { user, other, user })
        {
            var slate = await app.GetAsync($"/api/recommendations/{Uri.EscapeDataString(who)}?k=3");
            slates.Add(slate.GetProperty("recommendationId").GetString()!);
        }

        await app.PostAsync("/api/events", new
        {
            events = Enumerable.Range(0, 7).Select(i => new { eventId = $"{user}{i}", userId = user, itemId = $"item {i}", type = "view", recommendationId = slates[0] })
                .Append(new { eventId = user + "seen", userId = user, itemId = "item 1", type = "impression-seen", recommendationId = slates[2] })
                .Append(new { eventId = other + "0", userId = other, itemId = "item 1", type = "view", recommendationId = slates[1] }),
        }, 202);
        var pages = await Eventually.GetAsync(
            "everything is in the log", () => PagesAsync(path), found => Of(found, "interactions").Length == 7 && Of(found, "slates").Length == 2
                && Of(found, "slates").Sum(slate => slate.GetProperty("events").GetArrayLength()) == 8);
        Assert.True(pages.Count >= 4);
        Assert.Equal(
            Enumerable.Range(0, 7).Select(i => $"item {i}").Reverse(), Of(pages, "interactions").Select(interaction => interaction.GetProperty("itemId").GetString()));
        Assert.Equal(
            new[] { slates[0], slates[2] }.Order(StringComparer.Ordinal),
            Of(pages, "slates").Select(slate => slate.GetProperty("impression").GetProperty("recommendationId").GetString()!).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(other, string.Concat(pages), StringComparison.Ordinal);
        var nobody = Assert.Single(await PagesAsync($"/api/users/{Guid.NewGuid():N}/export"), page => page.GetProperty("next").ValueKind == JsonValueKind.Null);
        Assert.Equal(0, nobody.GetProperty("slates").GetArrayLength());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("a*")]
    public async Task A_token_that_is_none_is_refused(string after)
    {
        var refused = await app.GetAsync($"/api/users/u/export?after={after}", 400);
        Assert.Equal("after", refused.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    // Tokens of the scan for slates of an earlier release, made up: of a range that there is not, and of a continuation that storage never gave.
    [Theory]
    [InlineData("u99:", 200)]
    [InlineData("u0:neither a partition nor a row", 200)]
    public async Task A_token_that_was_made_up_is_no_fault(string place, int status) =>
        await app.GetAsync($"/api/users/u/export?after=s{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(place))}", status);

    static JsonElement[] Of(List<JsonElement> pages, string list) => [.. pages.SelectMany(page => page.GetProperty(list).EnumerateArray())];

    async Task<List<JsonElement>> PagesAsync(string path)
    {
        var pages = new List<JsonElement>();
        for (string? next = ""; next is not null;)
        {
            pages.Add(await app.GetAsync($"{path}?count=3{(next.Length > 0 ? $"&after={next}" : "")}"));
            next = pages[^1].GetProperty("next").GetString();
        }

        return pages;
    }
}
