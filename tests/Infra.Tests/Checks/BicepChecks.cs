using System.Text.Json;
using System.Text.RegularExpressions;
using SasRec.Infra.Tests.Bicep;

namespace SasRec.Infra.Tests.Checks;

/// <summary>What a compiler would say of the Bicep files, as far as it can be said without one.</summary>
static partial class BicepChecks
{
    public static IEnumerable<string> Syntax(Repository repository) =>
        from file in repository.Bicep
        from error in file.Value.Errors
        select $"{file.Key}({error.Line},{error.Column}): '{error.Text}' is not Bicep.";

    /// <summary>Modules exist, get every parameter that they require and none that they do not have; outputs that are used exist.</summary>
    public static IEnumerable<string> Modules(Repository repository)
    {
        var main = repository.Bicep["main.bicep"];
        foreach (var (symbol, call) in main.Modules)
        {
            if (!repository.Bicep.TryGetValue(call.Path, out var module))
            {
                yield return $"Module {symbol}: there is no infra/{call.Path}.";
                continue;
            }

            foreach (var name in call.Params.Keys.Except(module.Params.Keys))
            {
                yield return $"Module {symbol}: {call.Path} has no parameter {name}.";
            }

            foreach (var (name, _) in module.Params.Where(p => p.Value.Required && !call.Params.ContainsKey(p.Key)))
            {
                yield return $"Module {symbol}: {call.Path} requires {name}.";
            }
        }

        foreach (Match use in OutputUse().Matches(repository.Text("infra/main.bicep")))
        {
            if (!main.Modules.TryGetValue(use.Groups[1].Value, out var call)
                || !repository.Bicep[call.Path].Outputs.ContainsKey(use.Groups[2].Value))
            {
                yield return $"{use.Value} is not an output.";
            }
        }

        foreach (var path in repository.Bicep.Keys.Except(main.Modules.Values.Select(m => m.Path).Append("main.bicep")))
        {
            yield return $"Nobody uses infra/{path}.";
        }
    }

    /// <summary>Parameters of main say what they mean and which values they allow; azd sets the same ones to the same defaults.</summary>
    public static IEnumerable<string> Parameters(Repository repository)
    {
        var main = repository.Bicep["main.bicep"];
        using var document = JsonDocument.Parse(repository.Text("infra/main.parameters.json"));
        var file = document.RootElement.GetProperty("parameters").EnumerateObject()
            .ToDictionary(p => p.Name, p => p.Value.GetProperty("value").GetString()!);
        foreach (var (name, param) in main.Params)
        {
            if (!param.Decorators.ContainsKey("description"))
            {
                yield return $"{name} has no description.";
            }

            var bounded = param.Decorators.ContainsKey("minValue") && param.Decorators.ContainsKey("maxValue");
            if (param.Type == "int" && !bounded && !param.Decorators.ContainsKey("allowed"))
            {
                yield return $"{name} has no range.";
            }

            var isExpression = param.Value.ValueKind == JsonValueKind.Object;
            if (!isExpression && !file.ContainsKey(name))
            {
                yield return $"main.parameters.json does not set {name}.";
            }
            else if (!isExpression && !param.Required
                && DefaultIn().Match(file[name]).Groups[1].Value is var text && text != Plain(param.Value))
            {
                yield return $"{name} is {Plain(param.Value)} by default, and '{text}' in main.parameters.json.";
            }
        }

        foreach (var name in file.Keys.Except(main.Params.Keys))
        {
            yield return $"main.parameters.json sets {name}, which main.bicep does not have.";
        }
    }

    /// <summary>Names that are made from the token of 13 characters fit the limits that the modules state.</summary>
    public static IEnumerable<string> NameLengths(Repository repository)
    {
        var main = repository.Bicep["main.bicep"];
        foreach (var (symbol, call) in main.Modules)
        {
            foreach (var (param, given) in call.Params)
            {
                var name = Expression(given) == "jobName" ? Expression(main.Vars["jobName"]) : Expression(given);
                if (name?.Contains("${token}", StringComparison.Ordinal) == true
                    && repository.Bicep[call.Path].Params[param].Decorators.TryGetValue("maxLength", out var limit)
                    && name.Replace("${token}", new string('t', 13), StringComparison.Ordinal) is var longest
                    && longest.Length > limit.GetInt32())
                {
                    yield return $"Module {symbol}: {name} has up to {longest.Length} characters, and may have {limit}.";
                }
            }
        }
    }

    static string? Expression(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("$", out var text) ? text.GetString() : null;

    static string Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => value.GetRawText(),
    };

    [GeneratedRegex(@"\b(\w+)\.\??outputs\.(\w+)")]
    private static partial Regex OutputUse();

    [GeneratedRegex(@"^\$\{\w+=(.*)\}$")]
    private static partial Regex DefaultIn();
}
