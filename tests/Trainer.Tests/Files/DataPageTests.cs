using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using SasRec.Trainer.Files;

namespace SasRec.Trainer.Tests.Files;

/// <summary>docs/data.md: each layout's command has the output that stands there.</summary>
public sealed partial class DataPageTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public static TheoryData<string> Layouts => [.. Example().Matches(Page()).Select(match => match.Groups["name"].Value)];

    public void Dispose() => scratch.Dispose();

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task A_layout_is_read_as_the_page_says(string name)
    {
        var example = Example().Matches(Page()).Single(match => match.Groups["name"].Value == name);
        var file = scratch.File(example.Groups["file"].Value);
        File.WriteAllText(file, example.Groups["text"].Value);

        var outcome = await Job.RunAsync(["import", file, "--check", .. example.Groups["options"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        var said = (outcome.Error + outcome.Output).ReplaceLineEndings("\n").Replace(scratch.Path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
        var actual = string.Concat(said.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("Reading:", StringComparison.Ordinal)).Select(line => line + "\n"));
        Assert.True(example.Groups["said"].Value == actual, $"docs/data.md, '{name}', should say:\n{actual}<end>");
    }

    [Fact]
    public void The_page_lists_the_names_of_each_role()
    {
        var page = Page();
        foreach (var (role, groups) in ColumnNames.All)
        {
            var listed = string.Join("; ", groups.Select(group => string.Join(", ", group.Split(' ').Select(name => $"`{name}`"))));
            Assert.Contains($"| {ColumnChoice.NameOf(role)} | {listed} |", page, StringComparison.Ordinal);
        }
    }

    static string Page([CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/data.md")).ReplaceLineEndings("\n");

    [GeneratedRegex(@"### (?<name>.+)\n\n(?:.+\n\n)?`(?<file>.+)`:\n\n```text\n(?<text>[^`]+)```\n\n```console\n\$ dotnet SasRec.Trainer.dll import \S+ --check(?<options>.*)\n(?<said>[^`]+)```")]
    private static partial Regex Example();
}
