using System.Text.Json;
using SasRec.Host.Worker.Messages;

namespace SasRec.Host.Worker;

/// <summary>One function as the worker describes it.</summary>
/// <param name="Id">What the worker calls it.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Trigger">What starts it.</param>
sealed record FunctionDefinition(string Id, string Name, TriggerBinding Trigger)
{
    /// <exception cref="InvalidDataException">The function has no trigger that this host knows.</exception>
    public static FunctionDefinition Of(RpcFunctionMetadata metadata)
    {
        foreach (var raw in metadata.RawBindings)
        {
            using var json = JsonDocument.Parse(raw);
            if (TriggerBinding.Of(json.RootElement) is { } trigger)
            {
                return new FunctionDefinition(metadata.FunctionId, metadata.Name, trigger);
            }
        }

        throw new InvalidDataException($"Function '{metadata.Name}': the development host knows HTTP, queue and timer triggers and found none of them.");
    }
}

/// <summary>What starts a function.</summary>
/// <param name="Parameter">The name of the function's parameter that takes what the trigger brings.</param>
abstract record TriggerBinding(string Parameter)
{
    public static TriggerBinding? Of(JsonElement binding)
    {
        var parameter = Text("name") ?? "";
        return Text("type")?.ToUpperInvariant() switch
        {
            "HTTPTRIGGER" => new HttpTrigger(
                parameter, Text("route"), Enum.Parse<AuthorizationLevel>(Text("authLevel") ?? nameof(AuthorizationLevel.Function), ignoreCase: true),
                binding.TryGetProperty("methods", out var methods) ? [.. methods.EnumerateArray().Select(m => m.GetString()!.ToUpperInvariant())] : []),
            "QUEUETRIGGER" => new QueueTrigger(parameter, Text("queueName") ?? ""),
            "TIMERTRIGGER" => new TimerTrigger(parameter, Text("schedule") ?? "", Flag("useMonitor", true), Flag("runOnStartup", false)),
            _ => null,
        };

        string? Text(string name) => binding.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        bool Flag(string name, bool standard) =>
            binding.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : standard;
    }
}

/// <summary>An HTTP request.</summary>
sealed record HttpTrigger(string Parameter, string? Route, AuthorizationLevel Level, IReadOnlyList<string> Methods) : TriggerBinding(Parameter);

/// <summary>A queue message; the queue's name may name settings between percent signs.</summary>
sealed record QueueTrigger(string Parameter, string Queue) : TriggerBinding(Parameter);

/// <summary>A schedule: six NCRONTAB fields, a time span, or a setting between percent signs.</summary>
sealed record TimerTrigger(string Parameter, string Schedule, bool UseMonitor, bool RunOnStartup) : TriggerBinding(Parameter);

/// <summary>Which key an HTTP function asks for.</summary>
enum AuthorizationLevel
{
    Anonymous,
    User,
    Function,
    System,
    Admin,
}
