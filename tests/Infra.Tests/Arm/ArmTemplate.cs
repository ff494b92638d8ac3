using System.Text.Json;

namespace SasRec.Infra.Tests.Arm;

/// <summary>An ARM template as the compiler writes it. Expressions are strings in brackets.</summary>
/// <param name="Json">The template.</param>
sealed record ArmTemplate(JsonElement Json)
{
    public IReadOnlyDictionary<string, JsonElement> Parameters { get; } = Members(Json, "parameters");

    /// <summary>The types that parameters refer to.</summary>
    public IReadOnlyDictionary<string, JsonElement> Definitions { get; } = Members(Json, "definitions");

    public IReadOnlyDictionary<string, JsonElement> Variables { get; } = Members(Json, "variables");

    /// <summary>What is created; the templates of modules are resources too.</summary>
    public IReadOnlyList<JsonElement> Resources { get; } = Json.GetProperty("resources") is { ValueKind: JsonValueKind.Array } list
        ? [.. list.EnumerateArray()]
        : [.. Json.GetProperty("resources").EnumerateObject().Select(p => p.Value).Where(r => !r.TryGetProperty("existing", out _))];

    /// <summary>The modules by their symbolic names.</summary>
    public IReadOnlyDictionary<string, ArmModule> Modules { get; } = Json.GetProperty("resources").ValueKind != JsonValueKind.Object
        ? new Dictionary<string, ArmModule>()
        : Members(Json, "resources").Where(r => r.Value.Text("type") == "Microsoft.Resources/deployments")
            .ToDictionary(r => r.Key, r => new ArmModule(r.Value));

    /// <summary>The one resource of a type.</summary>
    public JsonElement Created(string type) => Resources.Single(resource => resource.Text("type") == type);

    /// <summary>The strings of a variable that is an array of them.</summary>
    public IReadOnlyList<string> Strings(string variable) => [.. Variables[variable].EnumerateArray().Select(item => item.GetString()!)];

    static Dictionary<string, JsonElement> Members(JsonElement json, string name) =>
        json.TryGetProperty(name, out var members) ? members.EnumerateObject().ToDictionary(p => p.Name, p => p.Value) : [];
}

/// <summary>A module: a template with the parameters that it is given.</summary>
/// <param name="Json">The deployment of the module.</param>
sealed record ArmModule(JsonElement Json)
{
    public ArmTemplate Template { get; } = new(Json.At("properties", "template"));

    /// <summary>The values of parameters, or what stands for them.</summary>
    public IReadOnlyDictionary<string, string> Given { get; } = Json.At("properties", "parameters").EnumerateObject()
        .ToDictionary(p => p.Name, p => p.Value.ToString());

    /// <summary>The symbolic names of what is deployed before it.</summary>
    public IReadOnlyList<string> After { get; } = [.. Json.GetProperty("dependsOn").EnumerateArray().Select(name => name.GetString()!)];

    /// <summary>Whether it is deployed on a condition.</summary>
    public bool IsConditional => Json.TryGetProperty("condition", out _);
}

/// <summary>Ways into JSON.</summary>
static class JsonPaths
{
    /// <summary>The value at a path of properties; undefined where there is none.</summary>
    public static JsonElement At(this JsonElement json, params IEnumerable<string> path) =>
        path.Aggregate(json, (value, name) => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var found) ? found : default);

    /// <summary>The text of a property; empty where there is none.</summary>
    public static string Text(this JsonElement json, string name) => json.At(name).ToString();
}
