using System.Text.RegularExpressions;
using SasRec.Core.Options;

namespace SasRec.Storage;

/// <summary>What a space may be called. The name stands before every table, queue and container of the space; the default space has none.</summary>
public static partial class SpaceName
{
    /// <summary>The names that are allowed, in words.</summary>
    public const string Allowed = "at most 20 lower-case letters and digits, beginning with a letter and not ending with 'user'";

    // The case of a table's name does not count: xuserImpressions would be xUserImpressions, a table of the space x.
    const string OfAnotherTable = "user";

    /// <summary>Whether a space may have a name.</summary>
    public static bool IsAllowed(string name) => Pattern().IsMatch(name) && !name.EndsWith(OfAnotherTable, StringComparison.Ordinal);

    [GeneratedRegex(@"^[a-z][a-z0-9]{0,19}\z")]
    private static partial Regex Pattern();
}

/// <summary>The name of a space, or nothing for the default one.</summary>
[AttributeUsage(AttributeTargets.Property)]
sealed class SpaceNameAttribute : OptionRuleAttribute
{
    public override bool Allows(object value, object options) => value is string name && (name.Length == 0 || SpaceName.IsAllowed(name));

    public override string Text(object? options) => SpaceName.Allowed;
}
