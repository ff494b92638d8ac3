using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using SasRec.Functions.Http;

namespace SasRec.Functions.Spaces;

/// <summary>Tells the Functions host of every function of a queue or a timer once more for each space: AppendInteractions_outdoor listens to the
/// queue outdoorinteractions.</summary>
/// <remarks>To the host they are functions of their own, so that no space waits behind the messages of another. A request belongs to the space of
/// its key (<see cref="SpaceKey"/>), and functions of requests are told of once.</remarks>
sealed class SpaceFunctions(SpaceOptions options) : IFunctionMetadataTransformer
{
    const char Divider = '_';

    public string Name => nameof(SpaceFunctions);

    /// <summary>The space that a function of a queue or a timer is for; empty for the default one.</summary>
    public static string SpaceOf(string function) => function.IndexOf(Divider, StringComparison.Ordinal) is >= 0 and var at ? function[(at + 1)..] : "";

    public void Transform(IList<IFunctionMetadata> original)
    {
        foreach (var function in original.ToArray())
        {
            var bindings = (function.RawBindings ?? []).Select(raw => JsonNode.Parse(raw)!.AsObject()).ToArray();
            if (bindings.Any(binding => ApiRoutes.Is(binding["type"], "httpTrigger")))
            {
                continue;
            }

            foreach (var space in options.List())
            {
                original.Add(ApiRoutes.With(function, bindings.Select(binding => In(space, binding)), Divider + space));
            }
        }
    }

    static JsonObject In(string space, JsonObject binding)
    {
        var own = binding.DeepClone().AsObject();
        if (own["queueName"] is { } queue)
        {
            own["queueName"] = space + (string?)queue;
        }

        return own;
    }
}
