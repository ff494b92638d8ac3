using System.Text.Json;
using System.Text.RegularExpressions;
using SasRec.Infra.Tests.Arm;

namespace SasRec.Infra.Tests.Checks;

/// <summary>The parameters of main.bicep, how azd sets them, and the names that are made of them.</summary>
static partial class ParameterChecks
{
    /// <summary>Parameters say what they mean and which values they allow; azd sets the same ones to the same defaults.</summary>
    public static IEnumerable<string> Parameters(Repository repository)
    {
        using var document = JsonDocument.Parse(repository.Text("infra/main.parameters.json"));
        var set = document.RootElement.GetProperty("parameters").EnumerateObject()
            .ToDictionary(p => p.Name, p => p.Value.GetProperty("value").GetString()!);
        foreach (var (name, param) in repository.Main.Parameters)
        {
            if (param.At("metadata", "description").ValueKind == JsonValueKind.Undefined)
            {
                yield return $"{name} has no description.";
            }

            var bounded = param.TryGetProperty("minValue", out _) && param.TryGetProperty("maxValue", out _);
            if (param.Text("type") == "int" && !bounded && !param.TryGetProperty("allowedValues", out _))
            {
                yield return $"{name} has no range.";
            }

            var byDefault = Default(param);
            if (byDefault?.StartsWith("[utcNow(", StringComparison.Ordinal) == true)
            {
                continue;
            }

            if (!set.TryGetValue(name, out var text))
            {
                yield return $"main.parameters.json does not set {name}.";
            }
            else if (byDefault is not null && DefaultIn().Match(text) is { Success: true } match && match.Groups[1].Value != byDefault)
            {
                yield return $"{name} is {byDefault} by default, and '{match.Groups[1].Value}' in main.parameters.json.";
            }
        }

        foreach (var name in set.Keys.Except(repository.Main.Parameters.Keys))
        {
            yield return $"main.parameters.json sets {name}, which main.bicep does not have.";
        }
    }

    /// <summary>azd asks only for regions that have Flex Consumption.</summary>
    public static IEnumerable<string> Regions(Repository repository) =>
        repository.Main.Parameters["location"].Text("$ref") == "#/definitions/region"
        && repository.Main.Definitions["region"].TryGetProperty("allowedValues", out var regions) && regions.GetArrayLength() > 1
            ? []
            : ["location allows regions that do not offer Flex Consumption."];

    /// <summary>What a free or sponsored subscription refuses is off until somebody switches it on.</summary>
    public static IEnumerable<string> RefusedByFreeSubscriptions(Repository repository)
    {
        var main = repository.Main;
        if (!main.Modules["budget"].IsConditional || Default(main.Parameters["monthlyBudget"]) != "0")
        {
            yield return "The budget must be off by default: many subscriptions refuse it.";
        }

        var task = repository.Module("registry").Created("Microsoft.ContainerRegistry/registries/tasks");
        if (!task.TryGetProperty("condition", out _) || Default(main.Parameters["purgeImages"]) != "false")
        {
            yield return "The registry's task must be off by default: subscriptions with free credit refuse it.";
        }
    }

    /// <summary>Every setting that the runbook names is one that azd hands on.</summary>
    public static IEnumerable<string> Runbook(Repository repository)
    {
        var set = SettingIn().Matches(repository.Text("infra/main.parameters.json")).Select(match => match.Groups[1].Value).ToHashSet();
        return from Match match in SetByHand().Matches(repository.Text("infra/README.md"))
               where !set.Contains(match.Groups[1].Value)
               select $"infra/README.md sets {match.Groups[1].Value}, which main.parameters.json does not read.";
    }

    /// <summary>Names that are made from the token of 13 characters fit the limits that the modules state.</summary>
    public static IEnumerable<string> NameLengths(Repository repository) =>
        from module in repository.Main.Modules
        from given in module.Value.Given
        where module.Value.Template.Parameters[given.Key].TryGetProperty("maxLength", out _)
        let limit = module.Value.Template.Parameters[given.Key].GetProperty("maxLength").GetInt32()
        let name = Variable().Match(given.Value) is { Success: true } variable
            ? repository.Main.Variables[variable.Groups[1].Value].GetString()!
            : given.Value
        let made = Made().Match(name)
        where made.Success
        let length = made.Groups[1].Value.Replace("{0}", new string('t', 13), StringComparison.Ordinal).Length
        where length > limit
        select $"Module {module.Key}: {made.Groups[1].Value} has up to {length} characters, and may have {limit}.";

    static string? Default(JsonElement param) =>
        param.TryGetProperty("defaultValue", out var value)
            ? value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetRawText() : value.ToString()
            : null;

    [GeneratedRegex(@"^\$\{\w+=(.*)\}$")]
    private static partial Regex DefaultIn();

    [GeneratedRegex(@"\$\{(\w+)")]
    private static partial Regex SettingIn();

    [GeneratedRegex(@"azd env set ([A-Z]+_[A-Z_]+)")]
    private static partial Regex SetByHand();

    [GeneratedRegex(@"variables\('(\w+Name)'\)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^\W*(?:value\W+)?format\('([^']+)', variables\('token'\)\)")]
    private static partial Regex Made();
}
