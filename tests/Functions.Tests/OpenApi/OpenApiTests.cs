using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using SasRec.Core.Contracts;
using SasRec.Core.Items;
using SasRec.Functions.Ingest;
using SasRec.Functions.Items;
using SasRec.Functions.Serve;

namespace SasRec.Functions.Tests.OpenApi;

public class OpenApiTests(SharedApp shared)
{
    [Fact]
    public async Task The_description_is_served_to_anybody_with_the_version_of_the_build()
    {
        using var anybody = new HttpClient { BaseAddress = shared.App.Client.BaseAddress };
        var served = JsonNode.Parse(await anybody.GetStringAsync("/api/openapi.json"))!;
        Assert.Equal("3.1.0", (string?)served["openapi"]);
        Assert.Equal(ProductVersion.Text, (string?)served["info"]!["version"]);

        var described = JsonNode.Parse(ApiDescription.Document.GetRawText())!;
        described["info"]!["version"] = ProductVersion.Text;
        Assert.True(JsonNode.DeepEquals(described, served));
    }

    [Fact]
    public void Every_route_is_described_with_its_name_its_key_and_its_parameters_and_nothing_else_is()
    {
        var functions =
            from type in typeof(FunctionsApp).Assembly.GetTypes()
            from method in type.GetMethods()
            let function = method.GetCustomAttribute<FunctionAttribute>()
            let trigger = method.GetParameters().Select(p => p.GetCustomAttribute<HttpTriggerAttribute>()).SingleOrDefault(t => t is not null)
            where function is not null && trigger is not null && function.Name != "Home"
            from verb in trigger.Methods!
            select $"{verb} {Below(trigger.Route!)} {function.Name} {(trigger.AuthLevel == AuthorizationLevel.Anonymous ? "anybody" : "key")}";
        var described = ApiDescription.Operations.Select(o =>
            $"{o.Method} {o.Path} {o.Operation.GetProperty("operationId").GetString()} {(o.Operation.TryGetProperty("security", out _) ? "anybody" : "key")}");
        Assert.Equal(functions.Order(), described.Order());
        Assert.All(ApiDescription.Operations, o => Assert.Equal(
            Regex.Matches(o.Path, @"\{(\w+)\}").Select(m => m.Groups[1].Value),
            Parameters(o.Operation, "path")));

        static string Below(string route) =>
            route.StartsWith("api/", StringComparison.Ordinal) ? route["api".Length..].Replace("{*", "{", StringComparison.Ordinal) : route;
    }

    /// <summary>The table of operations against scopes: a new operation has to be put somewhere, and here it is seen where.</summary>
    [Fact]
    public void Every_operation_is_of_one_scope()
    {
        var scopes = JsonSerializer.Deserialize<Dictionary<string, string[]>>(File.ReadAllText(FunctionsProcess.Built("SasRec.Functions", "scopes.json")))!;
        var expected = new Dictionary<string, string>
        {
            ["anybody"] = "BrowserScript Health OpenApi Page",
            ["ingest"] = "Events",
            ["recommend"] = "BoughtTogether Popular Recommendations RecommendationsOfUser SimilarItems",
            ["read"] = "Experiment ExperimentReport Experiments ExportUser Insights Item Items Models RetrainOutlook Rules RulesOfPlacement Run Runs Shadow Status User Users",
            ["operate"] = "ActivateModel DeleteExperiment DeleteItem DeleteRules DeleteUser Deletion DropMessage EndShadow Messages PutExperiment PutItems PutRules ReplayMessage ReplayMessages Retrain ShipExperiment StartExperiment StartShadow StopExperiment",
        };
        Assert.Equal(expected, scopes.ToDictionary(scope => scope.Key, scope => string.Join(' ', scope.Value)));
        var operations = ApiDescription.Operations.Select(o => o.Operation.GetProperty("operationId").GetString()!).ToArray();
        Assert.Equal(operations.Order(), scopes.Values.SelectMany(functions => functions).Order());

        // Whatever changes something needs a scope to operate, but for what clients send.
        Assert.All(
            ApiDescription.Operations.Where(o => o.Method is not "get"),
            o => Assert.Contains(o.Operation.GetProperty("operationId").GetString(), scopes["operate"].Concat(scopes["recommend"]).Append("Events")));
    }

    [Fact]
    public void Every_reference_leads_to_a_schema_and_every_schema_is_referred_to()
    {
        var references = Regex.Matches(ApiDescription.Document.GetRawText(), "\"#/components/schemas/(\\w+)\"").Select(m => m.Groups[1].Value).Distinct();
        var schemas = ApiDescription.Document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(s => s.Name);
        Assert.Equal(schemas.Order(), references.Order());
    }

    [Fact]
    public async Task Every_described_parameter_is_known_and_every_described_limit_is_the_default_one()
    {
        var getting = ApiDescription.Operations.Single(o => o.Operation.GetProperty("operationId").GetString() == "RecommendationsOfUser").Operation;
        var query = string.Join('&', Parameters(getting, "query").Select(name => $"{name}="));
        var refused = await shared.App.GetAsync($"/api/recommendations/u?{query}", 400);
        Assert.All(refused.GetProperty("errors").EnumerateArray(), e => Assert.DoesNotContain("absent", e.GetProperty("range").GetString(), StringComparison.Ordinal));

        var schemas = ApiDescription.Document.GetProperty("components").GetProperty("schemas");
        var request = schemas.GetProperty("RecommendationRequest").GetProperty("properties");
        var serve = new ServeOptions();
        Assert.Equal(serve.MaxK, request.GetProperty("k").GetProperty("maximum").GetInt32());
        Assert.Contains($" {serve.K} unless given.", request.GetProperty("k").GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Equal(RecommendationReader.MaxCategories, request.GetProperty("allowCategories").GetProperty("maxItems").GetInt32());
        Assert.Equal(new ItemOptions().MaxItems, schemas.GetProperty("Items").GetProperty("properties").GetProperty("items").GetProperty("maxItems").GetInt32());
        var item = schemas.GetProperty("NewItem").GetProperty("properties");
        Assert.Equal(CatalogueItemRules.MaxTitleLength, item.GetProperty("title").GetProperty("maxLength").GetInt32());
        Assert.Equal(CatalogueItemRules.MaxCategories, item.GetProperty("categories").GetProperty("maxItems").GetInt32());
        Assert.Equal(CatalogueItemRules.MaxUrlLength, item.GetProperty("imageUrl").GetProperty("maxLength").GetInt32());
        Assert.Equal(CatalogueItemRules.MaxAttributes, schemas.GetProperty("Attributes").GetProperty("maxProperties").GetInt32());
        Assert.Equal(serve.MaxListLength, request.GetProperty("deny").GetProperty("maxItems").GetInt32());
        Assert.Equal(RecommendationReader.MaxSeed, request.GetProperty("seed").GetProperty("maximum").GetInt64());
        Assert.Equal(
            new IngestOptions().MaxEvents, schemas.GetProperty("Events").GetProperty("properties").GetProperty("events").GetProperty("maxItems").GetInt32());
    }

    [Theory]
    [InlineData("POST", "/api/recommendations", "RecommendationRequest")]
    [InlineData("POST", "/api/events", "Events")]
    [InlineData("PUT", "/api/items", "Items")]
    [InlineData("PUT", "/api/rules/home", "NewRules")]
    [InlineData("PUT", "/api/experiments/e", "NewExperiment")]
    [InlineData("POST", "/api/experiments/e/ship", "ExperimentShipment")]
    public async Task A_body_of_every_described_field_has_no_unknown_one(string method, string path, string schema)
    {
        var body = Wrong(ApiDescription.Document.GetProperty("components").GetProperty("schemas").GetProperty(schema));
        var refused = await shared.App.SendAsync(new HttpMethod(method), path, 400, JsonSerializer.Serialize(body));
        Assert.All(refused.GetProperty("errors").EnumerateArray(), e => Assert.DoesNotContain("absent", e.GetProperty("range").GetString(), StringComparison.Ordinal));

        // An object with every field, each of them wrong, so that the request is refused for what it says and not for its fields.
        static object Wrong(JsonElement unresolved)
        {
            var of = ApiDescription.Resolve(unresolved.TryGetProperty("oneOf", out var either) ? either[0] : unresolved);
            return of.TryGetProperty("properties", out var properties)
                ? properties.EnumerateObject().ToDictionary(p => p.Name, p => Wrong(p.Value))
                : of.TryGetProperty("items", out var items) ? new[] { Wrong(items) } : new[] { "wrong" };
        }
    }

    static IEnumerable<string> Parameters(JsonElement operation, string place) => !operation.TryGetProperty("parameters", out var parameters)
        ? []
        : parameters.EnumerateArray().Where(p => p.GetProperty("in").GetString() == place).Select(p => p.GetProperty("name").GetString()!);
}
