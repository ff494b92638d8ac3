using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;

namespace SasRec.Functions.Tests;

/// <summary>The description that the application serves, held against what it answers.</summary>
static class ApiDescription
{
    public static JsonElement Document { get; } =
        JsonDocument.Parse(typeof(FunctionsApp).Assembly.GetManifestResourceStream("openapi.json")!).RootElement;

    static readonly ConcurrentDictionary<string, JsonSchema> Schemas = new();

    /// <summary>Every operation: its path, its method in lower case, and itself.</summary>
    public static IEnumerable<(string Path, string Method, JsonElement Operation)> Operations =>
        from path in Document.GetProperty("paths").EnumerateObject()
        from method in path.Value.EnumerateObject()
        select (path.Name, method.Name, method.Value);

    /// <summary>Asserts that an answer is one that the description knows, of the shape that it says.</summary>
    public static void Check(HttpMethod method, string path, int status, string? mediaType, JsonElement answer)
    {
        var route = path.Split('?')[0]["/api".Length..];
        var operation = Operations.Single(o =>
            o.Method.Equals(method.Method, StringComparison.OrdinalIgnoreCase)
            && Regex.IsMatch(route, "^" + Regex.Replace(o.Path, @"\{\w+\}", "[^/]+") + "$")).Operation;
        Assert.True(
            operation.GetProperty("responses").TryGetProperty($"{status}", out var response), $"{method} {path}: {status} is not described.");
        var content = Assert.Single(response.GetProperty("content").EnumerateObject().ToArray());
        Assert.Equal(content.Name, mediaType);
        Check(content.Value.GetProperty("schema"), answer, $"{method} {route} {status}");
    }

    /// <summary>Follows references to the schema that they name.</summary>
    public static JsonElement Resolve(JsonElement schema) => !schema.TryGetProperty("$ref", out var reference)
        ? schema
        : reference.GetString()!["#/".Length..].Split('/').Aggregate(Document, (at, name) => at.GetProperty(name));

    static void Check(JsonElement schema, JsonElement value, string where)
    {
        var found = Schemas.GetOrAdd(schema.GetRawText(), SchemaOf).Evaluate(value, new EvaluationOptions { OutputFormat = OutputFormat.List });
        var problems = from detail in found.Details ?? []
                       from error in detail.Errors ?? new Dictionary<string, string>()
                       select $"{detail.InstanceLocation}: {error.Value}";
        Assert.True(found.IsValid, $"{where} is not as described.\n{string.Join('\n', problems)}\n{value}");
    }

    /// <summary>A schema of the description by itself, with those that it refers to.</summary>
    static JsonSchema SchemaOf(string text)
    {
        var schema = JsonNode.Parse(text)!;
        schema["$defs"] = JsonNode.Parse(Document.GetProperty("components").GetProperty("schemas").GetRawText());
        return JsonSchema.FromText(schema.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal));
    }
}
