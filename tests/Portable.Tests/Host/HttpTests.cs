using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace SasRec.Portable.Tests.Host;

public class HttpTests
{
    [Theory]
    [InlineData("/api/users/ann/3", "ann 3")]
    [InlineData("/api/users/ann", "ann none")]
    [InlineData("/api/users/%C3%A9t%C3%A9%20%F0%9F%8E%B8/7", "été 🎸 7")]
    public async Task Route_parameters_reach_the_function_by_name(string path, string answer)
    {
        await using var host = await RunningHost.StartAsync(typeof(Functions));
        Assert.Equal(answer, await host.Client.GetStringAsync(path));
    }

    [Fact]
    public async Task The_name_is_the_route_where_none_is_given_and_any_method_reaches_it()
    {
        await using var host = await RunningHost.StartAsync(typeof(Functions));
        foreach (var method in new[] { "GET", "POST", "PUT", "DELETE", "PATCH" })
        {
            var answer = await host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/api/Anything"));
            Assert.Equal(method, await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Action_results_run_as_in_MVC()
    {
        await using var host = await RunningHost.StartAsync(typeof(Functions));

        var created = await host.Client.PostAsync("/api/results/created", null);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("/there", created.Headers.Location!.OriginalString);
        Assert.Equal("""{"answer":42}""", await created.Content.ReadAsStringAsync());

        var file = await host.Client.PostAsync("/api/results/file", null);
        Assert.Equal("text/csv", file.Content.Headers.ContentType!.MediaType);
        Assert.Equal("user,item\n", await file.Content.ReadAsStringAsync());

        var refused = await host.Client.PostAsync("/api/results/refused", null);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Empty(await refused.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_IResult_and_a_response_written_by_hand_both_answer()
    {
        await using var host = await RunningHost.StartAsync(typeof(Functions));
        Assert.Equal("\"plain\"", await host.Client.GetStringAsync("/api/iresult"));
        Assert.Equal("by hand", await host.Client.GetStringAsync("/api/byhand"));
    }

    [Fact]
    public async Task Each_invocation_has_an_instance_a_scope_and_an_id_of_its_own()
    {
        await using var host = await RunningHost.StartAsync(typeof(Functions));
        var first = await host.Client.GetFromJsonAsync<string[]>("/api/identity");
        var second = await host.Client.GetFromJsonAsync<string[]>("/api/identity");

        // Instance, scope, invocation id: all new. The scope of the constructor is the scope of the context. The function's id stays.
        Assert.All(Enumerable.Range(0, 3), i => Assert.NotEqual(first![i], second![i]));
        Assert.Equal(first![1], first[3]);
        Assert.Equal(first[4], second![4]);
    }

    [Fact]
    public async Task An_unknown_route_is_404_and_a_wrong_method_405_as_problems()
    {
        await using var host = await RunningHost.StartAsync(typeof(Functions));

        var unknown = await host.Client.GetAsync("/api/nowhere");
        await AssertProblem(unknown, 404, "/api/nowhere");

        var wrong = await host.Client.DeleteAsync("/api/users/ann");
        await AssertProblem(wrong, 405, "DELETE");
        Assert.Equal(["GET"], wrong.Content.Headers.Allow);
    }

    [Fact]
    public async Task A_404_that_a_function_answers_is_left_as_it_is()
    {
        await using var host = await RunningHost.StartAsync(typeof(Functions));
        var answer = await host.Client.GetAsync("/api/notfound");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_exception_is_a_500_that_tells_the_log_and_not_the_caller()
    {
        await using var host = await RunningHost.StartAsync(typeof(Functions));
        var body = await AssertProblem(await host.Client.GetAsync("/api/broken"), 500, "Broken");
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
        Assert.Contains(host.Log, line => line.StartsWith("Error Function.Broken", StringComparison.Ordinal) && line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413()
    {
        await using var host = await RunningHost.StartAsync(typeof(Functions), new() { ["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] = "1000" });
        var fits = await host.Client.PostAsync("/api/length", new ByteArrayContent(new byte[1000]));
        Assert.Equal("1000", await fits.Content.ReadAsStringAsync());

        var over = await host.Client.PostAsync("/api/length", new ByteArrayContent(new byte[1001]));
        await AssertProblem(over, 413, "");
    }

    [Fact]
    public async Task The_route_prefix_is_host_json_s()
    {
        await using var host = await RunningHost.StartAsync(
            typeof(Functions), hostJson: """{ "version": "2.0", "extensions": { "http": { "routePrefix": "v1/x" } } }""");
        Assert.Equal("ann none", await host.Client.GetStringAsync("/v1/x/users/ann"));

        await using var bare = await RunningHost.StartAsync(
            typeof(Functions), hostJson: """{ "version": "2.0", "extensions": { "http": { "routePrefix": "" } } }""");
        Assert.Equal("ann none", await bare.Client.GetStringAsync("/users/ann"));
    }

    [Theory]
    [InlineData("https://shop.example, https://page.example", "https://page.example", "https://page.example")]
    [InlineData("https://shop.example", "https://page.example", null)]
    [InlineData("*", "https://page.example", "*")]
    [InlineData("", "https://page.example", null)]
    public async Task Pages_of_the_origins_in_local_settings_may_call(string allowed, string origin, string? answered)
    {
        await using var host = await RunningHost.StartAsync(typeof(Functions), localSettings: $$"""{ "Host": { "CORS": "{{allowed}}" } }""");
        foreach (var method in new[] { HttpMethod.Options, HttpMethod.Get })
        {
            var request = new HttpRequestMessage(method, "/api/users/ann") { Headers = { { "Origin", origin }, { "Access-Control-Request-Method", "GET" } } };
            var answer = await host.Client.SendAsync(request);
            Assert.Equal(answered, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null);
        }
    }

    [Fact]
    public async Task Requests_over_the_outstanding_limit_are_429()
    {
        await using var host = await RunningHost.StartAsync(
            typeof(Functions),
            hostJson: """{ "version": "2.0", "extensions": { "http": { "maxConcurrentRequests": 1, "maxOutstandingRequests": 2 } } }""");
        var running = host.Client.GetAsync("/api/gated");
        await host.Seen.NextAsync();

        // One more may wait; of two more, one is refused at once.
        Task<HttpResponseMessage>[] more = [host.Client.GetAsync("/api/gated"), host.Client.GetAsync("/api/gated")];
        var refused = await await Task.WhenAny(more);
        await AssertProblem(refused, 429, "outstanding");

        host.Seen.Gate.SetResult();
        Assert.Equal(2, (await Task.WhenAll([running, .. more])).Count(r => r.IsSuccessStatusCode));
    }

    [Fact]
    public async Task A_caller_who_leaves_cancels_the_function()
    {
        await using var host = await RunningHost.StartAsync(typeof(Functions));
        using var leave = new CancellationTokenSource();
        var asked = host.Client.GetAsync("/api/patient", leave.Token);
        Assert.Equal("waiting", await host.Seen.NextAsync());
        await leave.CancelAsync();
        Assert.Equal("cancelled", await host.Seen.NextAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task The_function_timeout_cancels_the_function()
    {
        var time = new ManualTime();
        await using var host = await RunningHost.StartAsync(
            typeof(Functions), hostJson: """{ "version": "2.0", "functionTimeout": "00:05:00" }""", time: time);
        var asked = host.Client.GetAsync("/api/patient");
        Assert.Equal("waiting", await host.Seen.NextAsync());
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("cancelled", await host.Seen.NextAsync());
        await AssertProblem(await asked, 500, "Patient");
    }

    internal static async Task<string> AssertProblem(HttpResponseMessage answer, int status, string says)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var body = await answer.Content.ReadAsStringAsync();
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        return body;
    }

    internal sealed class Functions(Visit visit, Seen seen)
    {
        readonly Guid instance = Guid.NewGuid();

        [Function("User")]
        public IActionResult GetUser([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{user}/{count:int?}")] HttpRequest request, string user, int? count) =>
            new ContentResult { Content = $"{user} {count?.ToString() ?? "none"}" };

        [Function("Anything")]
        public static IActionResult Any([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => new ContentResult { Content = request.Method };

        [Function("Results")]
        public async Task<IActionResult> Results([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "results/{kind}")] HttpRequest request, string kind)
        {
            await Task.Yield();
            return kind switch
            {
                "created" => new CreatedResult("/there", new { Answer = 42 }),
                "file" => new FileContentResult(Encoding.UTF8.GetBytes("user,item\n"), "text/csv"),
                _ => new StatusCodeResult(422),
            };
        }

        [Function("IResult")]
        public IResult Plain([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "iresult")] HttpRequest request) => Microsoft.AspNetCore.Http.Results.Json("plain");

        [Function("ByHand")]
        public Task ByHand([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "byhand")] HttpRequest request) =>
            request.HttpContext.Response.WriteAsync("by hand");

        [Function("Identity")]
        public IActionResult Identity([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity")] HttpRequest request, FunctionContext context) =>
            new OkObjectResult(new[]
            {
                instance.ToString(), visit.Id.ToString(), context.InvocationId,
                context.InstanceServices.GetRequiredService<Visit>().Id.ToString(), context.FunctionId,
            });

        [Function("NotFound")]
        public IActionResult NotFound([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "notfound")] HttpRequest request) => new NotFoundResult();

        [Function("Broken")]
        public IActionResult Broken([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "broken")] HttpRequest request) =>
            throw new InvalidOperationException("secret");

        [Function("Length")]
        public async Task<IActionResult> Length([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "length")] HttpRequest request)
        {
            var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            return new ContentResult { Content = $"{body.Length}" };
        }

        [Function("Gated")]
        public async Task<IActionResult> Gated([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "gated")] HttpRequest request)
        {
            seen.Note("in");
            await seen.Gate.Task;
            return new OkResult();
        }

        [Function("Patient")]
        public async Task<IActionResult> Patient(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "patient")] HttpRequest request, FunctionContext context, CancellationToken cancellation)
        {
            Assert.Equal(context.CancellationToken, cancellation);
            Assert.Same(request.HttpContext, context.GetHttpContext());
            seen.Note("waiting");
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            }
            finally
            {
                seen.Note("cancelled");
            }

            return new OkResult();
        }
    }
}
