using System.Net;
using System.Text.Json;

namespace SasRec.Host.Tests;

/// <summary>What the host answers by itself, before and instead of a function.</summary>
public class HttpTests(HostedApp app)
{
    static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/api/health", null, 200)]
    [InlineData("GET", "/api/users", null, 401)]
    [InlineData("GET", "/api/users", "wrong", 401)]
    [InlineData("GET", "/api/users", "host", 200)]
    [InlineData("GET", "/api/users", "master", 200)]
    [InlineData("GET", "/api/users", "ingest", 401)]
    [InlineData("POST", "/api/events", "ingest", 202)]
    [InlineData("POST", "/api/events", "host", 202)]
    [InlineData("POST", "/api/events", "shop-key", 202)]
    [InlineData("GET", "/api/users", "shop-key", 403)]
    [InlineData("DELETE", "/api/users/keys", "shop-key", 403)]
    [InlineData("GET", "/api/users", "page-key", 200)]
    [InlineData("POST", "/api/events", "page-key", 403)]
    [InlineData("POST", "/api/retrain", "page-key", 403)]
    [InlineData("GET", "/api/status", null, 401)]
    [InlineData("GET", "/api/v1/health", null, 200)]
    [InlineData("POST", "/api/v1/events", "host", 202)]
    [InlineData("POST", "/api/v1/events", "shop-key", 202)]
    [InlineData("GET", "/api/v1/users", "shop-key", 403)]
    public async Task A_function_opens_to_its_own_key_the_host_key_and_the_master_key(string method, string path, string? key, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
        {
            request.Content = new StringContent("""{"events":[{"userId":"keys","itemId":"item"}]}""");
        }

        if (key is not null)
        {
            request.Headers.Add("x-functions-key", key);
        }

        using var answer = await app.Client.SendAsync(request, Cancellation);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_key_beyond_its_rate_is_told_to_come_back()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => app.Client.GetAsync("/api/users?code=slow-key", Cancellation)));
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.TooManyRequests && answer.Headers.RetryAfter?.Delta is not null);
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task A_key_may_come_in_the_query() =>
        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("/api/users?code=host", Cancellation)).StatusCode);

    [Theory]
    [InlineData("GET", "/api/nothing", 404, "no such route")]
    [InlineData("GET", "/nothing", 404, "no such route")]
    [InlineData("PATCH", "/api/events", 405, "does not take PATCH; it takes POST")]
    public async Task What_no_function_takes_is_answered_with_a_problem(string method, string path, int status, string says)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await app.Client.SendAsync(request, Cancellation);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(says, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://shop.example", true)]
    [InlineData("https://elsewhere.example", false)]
    public async Task A_browser_may_call_from_the_origins_that_are_listed(string origin, bool may)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/events");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "x-functions-key");
        using var answer = await app.Client.SendAsync(request, Cancellation);
        Assert.Equal(may, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) && allowed.Single() == origin);
    }

    [Fact]
    public async Task A_body_over_the_host_s_limit_is_refused_with_413()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/events") { Content = new ByteArrayContent(new byte[20_000_001]) };
        request.Headers.Add("x-functions-key", "host");
        request.Headers.ExpectContinue = true;
        using var answer = await app.Client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation)).RootElement;
        Assert.Equal(413, problem.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task An_id_with_an_encoded_slash_reaches_the_function_as_one_id()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/users/a%2Fb?code=host");
        using var answer = await app.Client.SendAsync(request, Cancellation);
        Assert.Equal("a/b", JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation)).RootElement.GetProperty("userId").GetString());
    }
}
