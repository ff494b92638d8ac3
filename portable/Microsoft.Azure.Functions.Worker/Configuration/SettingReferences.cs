using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace SasRec.Portable.LocalHost.Configuration;

/// <summary>Settings that a trigger names between percent signs.</summary>
static partial class SettingReferences
{
    /// <summary>The text with every <c>%Setting%</c> replaced by the setting's value.</summary>
    /// <exception cref="InvalidDataException">A setting is missing or empty.</exception>
    public static string Resolve(string text, IConfiguration settings, string function) =>
        Reference().Replace(text, match => settings[match.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal)] is { Length: > 0 } value
            ? value
            : throw new InvalidDataException($"Function '{function}': the setting '{match.Groups[1].Value}' that {text} names is missing."));

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Reference();
}
