using System.Net;
using System.Text.RegularExpressions;

namespace SasRec.Functions.Tests.Page;

public sealed partial class PageTests(SharedApp shared) : IDisposable
{
    readonly HttpClient anybody = new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = shared.App.Client.BaseAddress };

    [Fact]
    public async Task Anybody_gets_the_page_and_every_file_that_it_names()
    {
        using var page = await anybody.GetAsync("/api/page/");
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType!.MediaType));
        Assert.True(page.Headers.CacheControl!.NoCache);
        var files = LocalFile().Matches(await page.Content.ReadAsStringAsync()).Select(m => m.Groups[1].Value).ToArray();
        Assert.Contains(files, f => f.EndsWith(".js", StringComparison.Ordinal));
        Assert.Contains(files, f => f.EndsWith(".css", StringComparison.Ordinal));
        foreach (var file in files)
        {
            using var answer = await anybody.GetAsync($"/api/page/{file}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.True(answer.Headers.CacheControl!.MaxAge > TimeSpan.FromDays(300), file);
        }
    }

    [Fact]
    public async Task The_page_forbids_what_is_inline_and_what_comes_from_elsewhere()
    {
        using var page = await anybody.GetAsync("/api/page/");
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(page.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(page.Headers.GetValues("Referrer-Policy")));
        Assert.DoesNotMatch("<style|style=|<script>|https?://", await page.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Pictures_come_only_from_the_hosts_that_an_operator_allows()
    {
        Assert.Equal("""{"imageHosts":[]}""", await anybody.GetStringAsync("/api/page/settings.json"));
        await using var app = await TestApp.StartAsync("Page:ImageHosts=images.example.com, *.example.net");
        using var page = await app.Client.GetAsync("/api/page/");
        Assert.Contains("img-src 'self' images.example.com *.example.net; ", Assert.Single(page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("""{"imageHosts":["images.example.com","*.example.net"]}""", await app.Client.GetStringAsync("/api/page/settings.json"));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task An_address_without_a_path_leads_to_the_page(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/");
        using var answer = await anybody.SendAsync(request);
        Assert.Equal((HttpStatusCode.Found, "/api/page/"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
    }

    [Fact]
    public async Task A_page_that_is_known_is_not_sent_again()
    {
        using var first = await anybody.GetAsync("/api/page/");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/page/") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var again = await anybody.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task Whoever_takes_gzip_gets_the_same_content_in_fewer_bytes()
    {
        using var plain = await anybody.GetAsync("/api/page/");
        using var client = new HttpClient(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.GZip }) { BaseAddress = anybody.BaseAddress };
        using var packed = await client.GetAsync("/api/page/");
        Assert.Equal(await plain.Content.ReadAsStringAsync(), await packed.Content.ReadAsStringAsync());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/page/") { Headers = { AcceptEncoding = { new("gzip") } } };
        using var raw = await anybody.SendAsync(request);
        Assert.Equal("gzip", Assert.Single(raw.Content.Headers.ContentEncoding));
        Assert.True(raw.Content.Headers.ContentLength < plain.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Its_address_without_the_slash_leads_to_the_one_with_it()
    {
        using var answer = await anybody.GetAsync("/api/page");
        Assert.Equal((HttpStatusCode.Found, "page/"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
    }

    [Theory]
    [InlineData("nothing.js")]
    [InlineData("assets/")]
    [InlineData("index.html")]
    [InlineData("..%2Fopenapi.json")]
    [InlineData("assets/..%2f..%2fhost.json")]
    public async Task Only_files_of_the_page_are_served(string path)
    {
        using var answer = await anybody.GetAsync($"/api/page/{path}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    public void Dispose() => anybody.Dispose();

    [GeneratedRegex("(?:src|href)=\"\\./([^\"]+)\"")]
    private static partial Regex LocalFile();
}
