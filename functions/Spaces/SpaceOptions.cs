using SasRec.Core.Options;
using SasRec.Storage;

namespace SasRec.Functions.Spaces;

/// <summary>Which spaces there are beside the default one.</summary>
[Section("Spaces")]
sealed record SpaceOptions
{
    /// <summary>The most names. With the default space they are ten, which is as many as a lifecycle rule of Azure takes (infra/storage.bicep).</summary>
    public const int Max = 9;

    /// <summary>Their names, separated by commas. Each has a log, a catalogue, models, rules, experiments and retrains of its own, and the keys that begin with its name and a point.</summary>
    [SpaceNames]
    public string Names { get; init; } = "";

    /// <summary>The names, one by one.</summary>
    public IReadOnlyList<string> List() => Names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Names of spaces, each once.</summary>
[AttributeUsage(AttributeTargets.Property)]
sealed class SpaceNamesAttribute : OptionRuleAttribute
{
    public override bool Allows(object value, object options)
    {
        var names = ((SpaceOptions)options).List();
        return names.Count <= SpaceOptions.Max && names.All(SpaceName.IsAllowed) && names.Distinct(StringComparer.Ordinal).Count() == names.Count;
    }

    public override string Text(object? options) =>
        $"at most {SpaceOptions.Max} different names separated by commas, each of {SpaceName.Allowed}";
}
