using System.Text.Json;

namespace SasRec.Functions.Tests.Items;

public class ItemsEndpointTests(SharedApp shared)
{
    readonly TestApp app = shared.App;
    readonly string prefix = $"{Guid.NewGuid():N}-";

    [Fact]
    public async Task An_item_is_put_read_changed_and_deleted()
    {
        var id = prefix + "ü/名 %?#<&\"' 🎺";
        var path = $"/api/items/{Uri.EscapeDataString(id)}";
        var item = new
        {
            id,
            title = "<script>alert(\"ü\")</script>",
            categories = new[] { "novel", "<b>" },
            available = false,
            imageUrl = "https://example.com/a.jpg?x=1&y=ü",
            publishedAt = "2026-01-01T01:00:00+01:00",
            expiresAt = "2030-01-01T00:00:00Z",
            attributes = new { pages = 412, price = 9.5, paperback = true, author = "Ü \"H\"" },
        };
        Assert.Equal(1, (await PutAsync(200, item)).GetProperty("stored").GetInt32());
        var found = await app.GetAsync(path);
        Assert.Equal(
            (id, item.title, false, item.imageUrl), (Text(found, "id"), Text(found, "title"), found.GetProperty("available").GetBoolean(), Text(found, "imageUrl")));
        Assert.Equal(item.categories, found.GetProperty("categories").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), found.GetProperty("publishedAt").GetDateTimeOffset());
        Assert.Equal("""{"pages":412,"price":9.5,"paperback":true,"author":"Ü \"H\""}""", found.GetProperty("attributes").GetRawText());

        await PutAsync(200, new { id, title = "x" });
        found = await app.GetAsync(path);
        Assert.Equal(["available", "categories", "id", "title"], found.EnumerateObject().Select(p => p.Name).Order());
        Assert.True((await app.SendAsync(HttpMethod.Delete, $"/api/items/-?id={Uri.EscapeDataString(id)}", 200)).GetProperty("deleted").GetBoolean());
        Assert.False((await app.SendAsync(HttpMethod.Delete, $"/api/items/-?id={Uri.EscapeDataString(id)}", 200)).GetProperty("deleted").GetBoolean());
        await app.GetAsync(path, 404);
    }

    [Theory]
    [InlineData("""{ "id": "", "title": "t" }""", "items[0].id", "\"\"", "a string of 1 to 256")]
    [InlineData("""{ "title": "t" }""", "items[0].id", null, "a string of 1 to 256")]
    [InlineData("""{ "id": "a" }""", "items[0].title", null, "a string of 1 to 512")]
    [InlineData("""{ "id": "a", "title": " \u200b\u2028\u0007" }""", "items[0].title", " \u200b\u2028\u0007", "a string of 1 to 512 UTF-16 code units of well-formed Unicode, one of which can be read")]
    [InlineData("""{ "id": "a", "title": 5 }""", "items[0].title", "5", "a string of 1 to 512")]
    [InlineData("""{ "id": "a", "title": "t", "categories": ["x", ""] }""", "items[0].categories[1]", "\"\"", "a string of 1 to 64")]
    [InlineData("""{ "id": "a", "title": "t", "categories": ["x", "x"] }""", "items[0].categories[1]", "x", "given once")]
    [InlineData("""{ "id": "a", "title": "t", "categories": "x" }""", "items[0].categories", "\"x\"", "an array of 0 to 16 labels")]
    [InlineData("""{ "id": "a", "title": "t", "available": "yes" }""", "items[0].available", "\"yes\"", "true or false")]
    [InlineData("""{ "id": "a", "title": "t", "imageUrl": "javascript:alert(1)" }""", "items[0].imageUrl", "\"javascript:alert(1)\"", "an absolute http or https address")]
    [InlineData("""{ "id": "a", "title": "t", "imageUrl": "/a.jpg" }""", "items[0].imageUrl", "\"/a.jpg\"", "an absolute http or https address")]
    [InlineData("""{ "id": "a", "title": "t", "imageUrl": "https://a.b/\"onload=" }""", "items[0].imageUrl", "\"https://a.b/\\\"onload=\"", "an absolute http or https address")]
    [InlineData("""{ "id": "a", "title": "t", "imageUrl": "https://user:word@a.b/" }""", "items[0].imageUrl", "\"https://user:word@a.b/\"", "an absolute http or https address")]
    [InlineData("""{ "id": "a", "title": "t", "publishedAt": "2026-01-01T00:00:00" }""", "items[0].publishedAt", "\"2026-01-01T00:00:00\"", "an RFC 3339 time with offset, 1970-01-01T00:00:00Z to 9999-12-31T00:00:00Z")]
    [InlineData("""{ "id": "a", "title": "t", "publishedAt": "2026-01-01T00:00:00Z", "expiresAt": "2026-01-01T00:00:00Z" }""", "items[0].expiresAt", "2026-01-01T00:00:00.0000000+00:00", "later than publishedAt")]
    [InlineData("""{ "id": "a", "title": "t", "attributes": [] }""", "items[0].attributes", "an array", "an object of at most 64 attributes and 4,096 bytes")]
    [InlineData("""{ "id": "a", "title": "t", "attributes": { "x": {} } }""", "items[0].attributes.x", "an object", "a string, a finite number, true or false")]
    [InlineData("""{ "id": "a", "title": "t", "attributes": { "x": null } }""", "items[0].attributes.x", "null", "a string, a finite number, true or false")]
    [InlineData("""{ "id": "a", "title": "t", "attributes": { "x": 1, "x": 2 } }""", "items[0].attributes.x", "x", "given once")]
    [InlineData("""{ "id": "a", "title": "t", "attributes": { "x": 1e999 } }""", "items[0].attributes.x", "1e999", "a string, a finite number, true or false")]
    [InlineData("""{ "id": "a", "title": "t", "colour": "red" }""", "items[0].colour", "\"red\"", "absent: the fields are")]
    [InlineData("""{ "id": "a", "title": "t" }, { "id": "a", "title": "u" }""", "items[1].id", "a", "given once in a request")]
    [InlineData("", "items", "0 items", "an array of 1 to 1000 items")]
    public async Task A_bad_field_refuses_all_items_and_is_named_with_its_value_and_the_range(string items, string field, string? value, string range)
    {
        var refused = await app.SendAsync(HttpMethod.Put, "/api/items", 400, $"{{ \"items\": [{items}] }}");
        var error = Assert.Single(refused.GetProperty("errors").EnumerateArray().ToArray());
        Assert.Equal((field, value), (Text(error, "field"), error.GetProperty("value").GetString()));
        Assert.StartsWith(range, Text(error, "range"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_hold_at_their_edges()
    {
        await PutAsync(200, new { id = prefix + new string('i', 256 - prefix.Length), title = new string('t', 512), categories = Enumerable.Range(0, 16).Select(i => $"c{i}") });
        Assert.Equal(2, Errors(await PutAsync(400, new { id = "a", title = new string('t', 513), categories = Enumerable.Range(0, 17).Select(i => $"c{i}") })));
        await PutAsync(200, new { id = prefix + "b", title = "t", attributes = Enumerable.Range(0, 64).ToDictionary(i => $"a{i}", i => i) });
        Assert.Equal(1, Errors(await PutAsync(400, new { id = "a", title = "t", attributes = Enumerable.Range(0, 65).ToDictionary(i => $"a{i}", i => i) })));
        await PutAsync(200, new { id = prefix + "c", title = "t", attributes = new { x = new string('x', 4096 - """{"x":""}""".Length) } });
        Assert.Equal(1, Errors(await PutAsync(400, new { id = "a", title = "t", attributes = new { x = new string('x', 4097 - """{"x":""}""".Length) } })));
        var many = Enumerable.Range(0, 1001).Select(i => (object)new { id = $"{prefix}{i}", title = "t" }).ToArray();
        Assert.Equal(1, Errors(await PutAsync(400, many)));
        Assert.Equal(1000, (await PutAsync(200, many[..1000])).GetProperty("stored").GetInt32());
    }

    [Fact]
    public async Task The_catalogue_is_listed_page_by_page_and_searched_by_title_and_id()
    {
        var ids = Enumerable.Range(0, 25).Select(i => $"{prefix}{i:d2}").ToArray();
        await PutAsync(200, [.. ids.Select((id, i) => (object)new { id, title = $"{(i % 5 == 0 ? "Ünlike" : "Other")} <i>{prefix}</i> {i}" })]);
        await Eventually.TrueAsync("the catalogue knows them", async () => (await ListAsync($"search={prefix}&count=1000")).Ids.Length == 25);
        var (found, after) = (new List<string>(), "");
        for (string? next = ""; next is not null; after = $"&after={next}")
        {
            (var page, next) = await ListAsync($"search={prefix}&count=10{after}");
            Assert.InRange(page.Length, 1, 10);
            found.AddRange(page);
        }

        Assert.Equal(ids, found);
        Assert.Equal(ids.Where((_, i) => i % 5 == 0), (await ListAsync($"search={Uri.EscapeDataString("ünLIKE <i>" + prefix)}")).Ids);
        Assert.Equal([ids[7]], (await ListAsync($"search={ids[7][5..]}")).Ids);
        Assert.Empty((await ListAsync("search=nothing%20of%20this")).Ids);
        await app.SendAsync(HttpMethod.Delete, $"/api/items/{ids[7]}", 200);
        await Eventually.TrueAsync("it is gone", async () => (await ListAsync($"search={ids[7]}")).Ids.Length == 0);
        Assert.Equal(3, Errors(await app.GetAsync("/api/items?count=1001&after=&colour=red", 400)));
    }

    async Task<(string[] Ids, string? Next)> ListAsync(string query)
    {
        var page = await app.GetAsync("/api/items?" + query);
        return ([.. page.GetProperty("items").EnumerateArray().Select(item => Text(item, "id"))], page.GetProperty("next").GetString());
    }

    Task<JsonElement> PutAsync(int status, params object[] items) => app.SendAsync(HttpMethod.Put, "/api/items", status, new { items });

    static int Errors(JsonElement refused) => refused.GetProperty("errors").GetArrayLength();

    static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
