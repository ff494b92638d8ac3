using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SasRec.Functions.Retrain;

namespace SasRec.Functions.Tests.Retrain;

/// <summary>A server that speaks Azure's management REST of one Container Apps job, over TLS as the identity's token demands.</summary>
sealed class ManagementService : IAsyncDisposable
{
    const string Job = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.App/jobs/caj-train";

    readonly WebApplication app;
    readonly X509Certificate2 certificate;

    ManagementService(WebApplication app, X509Certificate2 certificate) => (this.app, this.certificate) = (app, certificate);

    /// <summary>The executions that it tells of, two on a page.</summary>
    public List<JsonObject> Executions { get; } = [];

    /// <summary>Statuses that the next requests are refused with, with the seconds after which to try again.</summary>
    public Queue<(int Status, string Code, int RetryAfter)> Refusals { get; } = new();

    /// <summary>The bodies of the starts.</summary>
    public List<JsonNode> Starts { get; } = [];

    /// <summary>Every request that came: method and path.</summary>
    public List<string> Requests { get; } = [];

    public ContainerJob Client { get; private set; } = null!;

    public static async Task<ManagementService> StartAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var own = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var certificate = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var service = new ManagementService(builder.Build(), certificate);
        service.app.Run(service.AnswerAsync);
        await service.app.StartAsync();
        service.Client = service.Connect();
        return service;
    }

    public JsonObject Execution(string name, string status, string runId, DateTimeOffset started, params string[] more) => new()
    {
        ["name"] = name,
        ["properties"] = new JsonObject
        {
            ["status"] = status,
            ["startTime"] = started.ToString("O"),
            ["endTime"] = status == "Running" ? null : started.AddMinutes(3).ToString("O"),
            ["template"] = new JsonObject
            {
                ["containers"] = new JsonArray(new JsonObject
                {
                    ["args"] = new JsonArray([.. new[] { "run", "--json", "--run-id", runId, "--trigger", "timer" }.Concat(more).Select(argument => JsonValue.Create(argument))]),
                }),
            },
        },
    };

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        certificate.Dispose();
    }

    ContainerJob Connect()
    {
        var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Thumbprint == certificate.Thumbprint,
        };
        var options = new ContainerJobOptions { Transport = new HttpClientTransport(handler) };
        options.Retry.Delay = TimeSpan.FromMilliseconds(5);
        return new ContainerJob(new Uri(app.Urls.Single()), Job, new Identity(), options);
    }

    async Task AnswerAsync(HttpContext context)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.Value!);
        Requests.Add($"{method} {path[Job.Length..]}");
        if (context.Request.Headers.Authorization != "Bearer token" || context.Request.Query["api-version"] != "2025-07-01")
        {
            await RefuseAsync(context, 401, "InvalidAuthenticationToken");
        }
        else if (Refusals.TryDequeue(out var refusal))
        {
            context.Response.Headers.RetryAfter = refusal.RetryAfter.ToString(System.Globalization.CultureInfo.InvariantCulture);
            await RefuseAsync(context, refusal.Status, refusal.Code);
        }
        else if (method == "GET" && path == Job + "/executions")
        {
            var from = int.TryParse(context.Request.Query["$skip"], out var skip) ? skip : 0;
            var page = new JsonObject { ["value"] = new JsonArray([.. Executions.Skip(from).Take(2).Select(e => e.DeepClone())]) };
            if (from + 2 < Executions.Count)
            {
                page["nextLink"] = $"{app.Urls.Single()}{path}?api-version=2025-07-01&$skip={from + 2}";
            }

            await context.Response.WriteAsJsonAsync(page);
        }
        else if (method == "GET" && path == Job)
        {
            await context.Response.WriteAsJsonAsync(JsonNode.Parse("""
                {"name":"caj-train","properties":{"template":{"containers":[{"name":"trainer","image":"cr.azurecr.io/trainer:1",
                "args":["run","--json","--width","128"],"env":[{"name":"AzureWebJobsStorage__clientId","value":"c"}],
                "resources":{"cpu":4,"memory":"8Gi","ephemeralStorage":"8Gi"},"probes":[]}]}}}
                """));
        }
        else if (method == "POST" && path == Job + "/start")
        {
            Starts.Add((await JsonSerializer.DeserializeAsync<JsonNode>(context.Request.Body))!);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            await context.Response.WriteAsJsonAsync(new { name = "caj-train-abc", id = Job + "/executions/caj-train-abc" });
        }
        else
        {
            await RefuseAsync(context, 404, "ResourceNotFound");
        }
    }

    static async Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(new { error = new { code, message = "Refused." } });
    }

    sealed class Identity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            requestContext.Scopes.Single().EndsWith("/.default", StringComparison.Ordinal)
            ? new AccessToken("token", DateTimeOffset.MaxValue)
            : default;

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
