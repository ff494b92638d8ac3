using System.Text.Json;

namespace SasRec.Trainer.Files;

/// <summary>The way to a value in a JSON object: names, each of which may lead through an array.</summary>
/// <remarks>Written <c>session</c>, <c>user.id</c>, <c>events[].aid</c> or, for an array of values, <c>items[]</c>.</remarks>
sealed class JsonPath
{
    const int MaxDepth = 6;

    JsonPath(IReadOnlyList<(string Name, bool IsArray)> steps) => Steps = steps;

    /// <summary>The names from the outside in.</summary>
    public IReadOnlyList<(string Name, bool IsArray)> Steps { get; }

    /// <summary>How many steps lead to the innermost array; 0 where none does.</summary>
    public int ArrayDepth => Steps.Index().LastOrDefault(step => step.Item.IsArray, (Index: -1, Item: default)).Index + 1;

    public override string ToString() => string.Join('.', Steps.Select(step => step.Name + (step.IsArray ? "[]" : "")));

    /// <summary>The name that counts for what the value means: without wrappers such as <c>$date</c>.</summary>
    public string Meaning
    {
        get
        {
            var names = Steps.Select(step => step.Name).Where(name => name is not ['$', ..] || name.Length > 12).ToArray();
            var name = names.Length == 0 ? "" : names[^1];
            var whole = string.Join('.', Steps.Skip(ArrayDepth).Select(step => step.Name).Where(part => part is not ['$', ..]));
            return Steps[^1].IsArray && name is [.., 's'] ? name[..^1]
                : whole.Contains('.') && ColumnNames.Meaning(whole.Replace(".", "", StringComparison.Ordinal)) is not null
                    ? whole.Replace(".", "", StringComparison.Ordinal)
                    : whole.Contains('.') && names.Length > 1 && ColumnNames.Meaning(names[^1]) is null ? whole : name;
        }
    }

    /// <summary>All ways to scalar values in an object.</summary>
    public static IEnumerable<JsonPath> In(JsonElement root) => Walk(root, []);

    static IEnumerable<JsonPath> Walk(JsonElement element, List<(string, bool)> steps)
    {
        if (element.ValueKind != JsonValueKind.Object || steps.Count >= MaxDepth)
        {
            yield break;
        }

        foreach (var property in element.EnumerateObject())
        {
            var (value, isArray) = (property.Value, property.Value.ValueKind == JsonValueKind.Array);
            if (isArray && value.GetArrayLength() > 0)
            {
                value = value[0];
            }
            else if (isArray)
            {
                continue;
            }

            List<(string, bool)> here = [.. steps, (property.Name, isArray)];
            if (value.ValueKind == JsonValueKind.Object)
            {
                foreach (var path in Walk(value, here))
                {
                    yield return path;
                }
            }
            else if (value.ValueKind != JsonValueKind.Array)
            {
                yield return new JsonPath(here);
            }
        }
    }
}
