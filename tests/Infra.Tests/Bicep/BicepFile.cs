using System.Text.Json;

namespace SasRec.Infra.Tests.Bicep;

/// <summary>What is in a Bicep file, as bicep.mjs reads it.</summary>
sealed record BicepFile(
    IReadOnlyList<BicepError> Errors,
    IReadOnlyDictionary<string, BicepParam> Params,
    IReadOnlyDictionary<string, JsonElement> Vars,
    IReadOnlyDictionary<string, JsonElement> Outputs,
    IReadOnlyDictionary<string, BicepModule> Modules,
    IReadOnlyList<BicepResource> Resources)
{
    /// <summary>The one resource of a type that this file creates.</summary>
    public BicepResource Created(string type) => Resources.Single(r => !r.Existing && r.Type == type);

    /// <summary>The strings of a variable that is an array.</summary>
    public IReadOnlyList<string> Strings(string variable) => [.. Vars[variable].EnumerateArray().Select(item => item.GetString()!)];
}

/// <summary>A place where the file is not Bicep.</summary>
sealed record BicepError(int Line, int Column, string Text);

/// <summary>A parameter; the value is its default.</summary>
sealed record BicepParam(string Type, bool Required, JsonElement Value, IReadOnlyDictionary<string, JsonElement> Decorators);

/// <summary>A module that is called.</summary>
sealed record BicepModule(string Path, IReadOnlyDictionary<string, JsonElement> Params);

/// <summary>A resource that is created or referred to.</summary>
sealed record BicepResource(string Symbol, string Type, string Version, bool Existing, bool Loop, JsonElement Body)
{
    /// <summary>The value at a path of properties; undefined where there is none.</summary>
    public JsonElement At(params string[] path) =>
        path.Aggregate(Body, (value, name) =>
            value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var found) ? found : default);
}
