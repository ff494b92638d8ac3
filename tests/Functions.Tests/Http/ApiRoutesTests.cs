using System.Text.RegularExpressions;
using SasRec.Functions.Tests.Serve;

namespace SasRec.Functions.Tests.Http;

public class ApiRoutesTests(ServingApp serving) : IClassFixture<ServingApp>
{
    static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_operation_answers_below_v1_as_without()
    {
        foreach (var (path, method, _) in ApiDescription.Operations)
        {
            // Nothing has these names, and a body of nothing is refused.
            var route = Regex.Replace(path, @"\{\w+\}", "nothing");
            using var without = await SendAsync(method, "/api" + route);
            using var below = await SendAsync(method, "/api/v1" + route);
            Assert.True(without.StatusCode == below.StatusCode, $"{method} {route}: {without.StatusCode}, below v1 {below.StatusCode}");
            Assert.Equal(without.Content.Headers.ContentType, below.Content.Headers.ContentType);
        }
    }

    [Fact]
    public async Task Head_is_where_get_is_and_has_its_status_and_headers_without_its_body()
    {
        foreach (var (path, method, _) in ApiDescription.Operations.Where(o => o.Method == "get"))
        {
            var route = "/api/v1" + Regex.Replace(path, @"\{\w+\}", "item%201");
            using var get = await SendAsync(method, route);
            using var head = await SendAsync("head", route);
            Assert.True(get.StatusCode == head.StatusCode, $"{route}: {get.StatusCode}, HEAD {head.StatusCode}");
            Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancellation));
        }
    }

    [Theory]
    [InlineData("/api/v2/health")]
    [InlineData("/api")]
    [InlineData("/health")]
    [InlineData("/v1/health")]
    [InlineData("/nothing")]
    public async Task Another_version_or_another_place_is_no_route(string path) => Assert.Equal(404, (int)(await SendAsync("get", path)).StatusCode);

    async Task<HttpResponseMessage> SendAsync(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), path);
        return await serving.App.Client.SendAsync(request, Cancellation);
    }
}
