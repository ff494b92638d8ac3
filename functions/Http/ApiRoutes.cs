using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

namespace SasRec.Functions.Http;

/// <summary>Tells the Functions host of every operation twice, below <c>api/</c> and below <c>api/v1/</c>, and of HEAD wherever GET is.</summary>
/// <remarks>The host routes by what the worker tells it, so that a function names its route and its methods once. Routes say <c>api/</c>
/// themselves, and host.json adds no prefix: so <see cref="Page.PageFunction.Home"/> can stand at the root.</remarks>
sealed class ApiRoutes : IFunctionMetadataTransformer
{
    /// <summary>What the name of a function ends with where it stands below <c>api/v1/</c>: it is a function of its own to the host, with keys of its own.</summary>
    public const string Version = "V1";

    const string Api = "api/";

    // What needs no key: the scope 'anybody' of scopes.json, and the root.
    static readonly string[] Free = ["Health", "Home", "Page", "OpenApi", "BrowserScript"];

    public string Name => nameof(ApiRoutes);

    /// <summary>Whether anybody may ask a function, without a key.</summary>
    public static bool IsForAnybody(string function) => Free.Contains(OperationOf(function));

    /// <summary>The operation that a function is, whatever its route.</summary>
    public static string OperationOf(string function) =>
        function.EndsWith(Version, StringComparison.Ordinal) ? function[..^Version.Length] : function;

    public void Transform(IList<IFunctionMetadata> original)
    {
        for (var i = original.Count - 1; i >= 0; i--)
        {
            var function = original[i];
            var bindings = (function.RawBindings ?? []).Select(raw => JsonNode.Parse(raw)!.AsObject()).ToArray();
            if (bindings.FirstOrDefault(binding => Is(binding["type"], "httpTrigger")) is not { } trigger)
            {
                continue;
            }

            var methods = trigger["methods"]!.AsArray();
            if (methods.Any(method => Is(method, "get")))
            {
                methods.Add("head");
            }

            original[i] = With(function, bindings, "");
            if ((string?)trigger["route"] is { } route && route.StartsWith(Api, StringComparison.Ordinal))
            {
                trigger["route"] = $"{Api}v1/{route[Api.Length..]}";
                original.Add(With(function, bindings, Version));
            }
        }
    }

    /// <summary>A function once more, under its name and a suffix.</summary>
    public static DefaultFunctionMetadata With(IFunctionMetadata function, IEnumerable<JsonObject> bindings, string suffix) => new()
    {
        Name = function.Name + suffix,
        EntryPoint = function.EntryPoint,
        ScriptFile = function.ScriptFile,
        Language = function.Language,
        IsProxy = function.IsProxy,
        ManagedDependencyEnabled = function.ManagedDependencyEnabled,
        Retry = function.Retry,
        RawBindings = [.. bindings.Select(binding => binding.ToJsonString())],
    };

    /// <summary>Whether a value is a text, whose case does not count.</summary>
    public static bool Is(JsonNode? node, string text) => node?.GetValueKind() == JsonValueKind.String && text.Equals((string?)node, StringComparison.OrdinalIgnoreCase);
}
