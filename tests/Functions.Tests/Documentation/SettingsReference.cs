using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using SasRec.Core.Events;
using SasRec.Core.Options;
using SasRec.Storage;

namespace SasRec.Functions.Tests.Documentation;

/// <summary>docs/settings.md as the records of options make it: names, defaults and ranges by reflection, texts from their doc comments.</summary>
static class SettingsReference
{
    const string Begin = "<!-- reference: begin -->", End = "<!-- reference: end -->";

    /// <summary>Every record of options of the functions app and of storage, in the order of its sections.</summary>
    public static IReadOnlyList<Type> Records { get; } =
    [
        .. new[] { typeof(FunctionsApp), typeof(ServeOptions), typeof(StorageOptions), typeof(EventOptions) }.SelectMany(type => type.Assembly.GetTypes())
            .Where(type => type.GetCustomAttribute<SectionAttribute>() is not null)
            .OrderBy(type => type.GetCustomAttribute<SectionAttribute>()!.Name, StringComparer.Ordinal),
    ];

    public static string Path => SettingsTests.RepositoryFile("docs/settings.md");

    /// <summary>What the file has between its marks.</summary>
    public static string Written()
    {
        var text = File.ReadAllText(Path).ReplaceLineEndings("\n");
        return text[(text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)..text.IndexOf(End, StringComparison.Ordinal)].Trim();
    }

    /// <summary>Puts the reference between the marks of the file.</summary>
    public static void Write()
    {
        var text = File.ReadAllText(Path).ReplaceLineEndings("\n");
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        File.WriteAllText(Path, $"{text[..begin]}\n\n{Render()}\n\n{text[end..]}");
    }

    public static string Render()
    {
        var comments = Records.Select(record => record.Assembly).Distinct()
            .SelectMany(assembly => XDocument.Load(System.IO.Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member"))
            .DistinctBy(member => member.Attribute("name")!.Value).ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary"));
        var text = new StringBuilder();
        foreach (var record in Records)
        {
            text.Append(CultureInfo.InvariantCulture, $"## {record.GetCustomAttribute<SectionAttribute>()!.Name}\n\n{Summary($"T:{record.FullName}")}\n\n");
            text.Append("| setting | default | allowed | meaning |\n|---|---|---|---|\n");
            foreach (var option in OptionsReader.Describe(record))
            {
                var meaning = Summary($"P:{option.Property.DeclaringType!.FullName}.{option.Property.Name}");
                var former = option.FormerName is null ? "" : $" Former name: `{option.FormerName}`.";
                text.Append(CultureInfo.InvariantCulture, $"| `{option.Setting}` | {OptionText.Of(option.Default)} | {option.Allowed} | {meaning}{former} |\n");
            }

            text.Append('\n');
        }

        return text.ToString().Trim();

        string Summary(string member)
        {
            var summary = comments[member] ?? throw new InvalidOperationException($"{member} has no doc comment.");
            var words = string.Concat(summary.Nodes().Select(node => node is XElement element ? $"`{element.Value}`" : node.ToString()));
            return Regex.Replace(words, @"\s+", " ").Trim().Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
        }
    }
}
