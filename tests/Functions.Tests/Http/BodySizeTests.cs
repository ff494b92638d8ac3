using System.Text;

namespace SasRec.Functions.Tests.Http;

public class BodySizeTests
{
    [Fact]
    public async Task A_body_is_bounded_by_the_option_of_its_endpoint_and_by_no_limit_of_the_server()
    {
        await using var app = await TestApp.StartAsync("Ingest:MaxBodyBytes=67108864", "Items:MaxBodyBytes=1048576");

        var taken = await app.SendAsync(HttpMethod.Post, "/api/events", 202, Padded("""{"events":[{"userId":"u","itemId":"i","eventId":"e"}]}""", 35_000_000));
        Assert.Equal("e", taken.GetProperty("eventIds")[0].GetString());

        foreach (var chunked in new[] { false, true })
        {
            using var body = Padded("""{"items":[{"id":"i","title":"t"}]}""", 35_000_000, chunked);
            var refused = await app.SendAsync(HttpMethod.Put, "/api/items", 413, body);
            var error = Assert.Single(refused.GetProperty("errors").EnumerateArray().ToArray());
            Assert.Equal(("body", "at most 1,048,576 bytes"), (error.GetProperty("field").GetString(), error.GetProperty("range").GetString()));
        }
    }

    /// <summary>JSON with white space behind it.</summary>
    static StreamContent Padded(string json, int bytes, bool chunked = false)
    {
        var body = new byte[bytes];
        body.AsSpan().Fill((byte)' ');
        Encoding.UTF8.GetBytes(json, body);
        var content = new StreamContent(new MemoryStream(body));
        content.Headers.ContentLength = chunked ? null : bytes;
        return content;
    }
}
