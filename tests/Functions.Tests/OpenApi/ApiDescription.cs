using System.Text.Json;
using System.Text.RegularExpressions;

namespace SasRec.Functions.Tests.OpenApi;

/// <summary>The description that the application serves, held against what it answers.</summary>
static class ApiDescription
{
    public static JsonElement Document { get; } =
        JsonDocument.Parse(typeof(FunctionsApp).Assembly.GetManifestResourceStream("openapi.json")!).RootElement;

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

    /// <summary>The part of JSON Schema that the description uses.</summary>
    static void Check(JsonElement unresolved, JsonElement value, string where)
    {
        var schema = Resolve(unresolved);
        if (schema.TryGetProperty("anyOf", out var choices))
        {
            if (value.ValueKind != JsonValueKind.Null)
            {
                Check(choices.EnumerateArray().First(c => Resolve(c).GetProperty("type").GetString() != "null"), value, where);
            }

            return;
        }

        var types = schema.GetProperty("type") is { ValueKind: JsonValueKind.Array } several
            ? several.EnumerateArray().Select(t => t.GetString()).ToArray()
            : [schema.GetProperty("type").GetString()];
        var type = value.ValueKind switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => types.Contains("integer") && value.TryGetInt64(out _) ? "integer" : "number",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            _ => "null",
        };
        Assert.True(types.Contains(type), $"{where} is {type}; it must be {string.Join(" or ", types)}.");
        if (schema.TryGetProperty("enum", out var values))
        {
            Assert.Contains(value.GetString(), values.EnumerateArray().Select(v => v.GetString()));
        }

        if (type == "object")
        {
            CheckObject(schema, value, where);
        }
        else if (type == "array")
        {
            foreach (var (i, item) in value.EnumerateArray().Index())
            {
                Check(schema.GetProperty("items"), item, $"{where}[{i}]");
            }
        }
    }

    static void CheckObject(JsonElement schema, JsonElement value, string where)
    {
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray())
            {
                Assert.True(value.TryGetProperty(name.GetString()!, out _), $"{where} lacks {name}.");
            }
        }

        foreach (var property in value.EnumerateObject())
        {
            if (schema.TryGetProperty("properties", out var known) && known.TryGetProperty(property.Name, out var own))
            {
                Check(own, property.Value, $"{where}.{property.Name}");
            }
            else if (schema.TryGetProperty("additionalProperties", out var others))
            {
                Assert.True(others.ValueKind != JsonValueKind.False, $"{where}.{property.Name} is not described.");
                Check(others, property.Value, $"{where}.{property.Name}");
            }
        }
    }
}
