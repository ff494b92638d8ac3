using System.IO.Compression;
using System.Text;

namespace SasRec.Functions.Tests.Http;

public class BodyEncodingTests(SharedApp shared)
{
    [Theory]
    [InlineData("POST", "/api/events")]
    [InlineData("PUT", "/api/items")]
    [InlineData("POST", "/api/recommendations")]
    [InlineData("PUT", "/api/rules/x")]
    [InlineData("POST", "/api/models/x/activate")]
    public async Task An_encoded_body_is_refused_by_name_and_not_read_as_broken_JSON(string method, string path)
    {
        var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes("{}"));
        }

        using var body = new ByteArrayContent(compressed.ToArray());
        body.Headers.ContentEncoding.Add("gzip");
        var refused = await shared.App.SendAsync(new HttpMethod(method), path, 415, body);
        var error = Assert.Single(refused.GetProperty("errors").EnumerateArray().ToArray());
        Assert.Equal(("Content-Encoding", "gzip"), (error.GetProperty("field").GetString(), error.GetProperty("value").GetString()));
    }

    [Fact]
    public async Task An_identity_encoding_is_none()
    {
        using var body = new StringContent("""{"events": [{"userId": "u", "itemId": "i"}]}""");
        body.Headers.ContentEncoding.Add("identity");
        await shared.App.SendAsync(HttpMethod.Post, "/api/events", 202, body);
    }
}
