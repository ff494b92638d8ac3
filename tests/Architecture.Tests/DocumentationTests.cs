using System.Text.RegularExpressions;

namespace SasRec.Architecture.Tests;

/// <summary>README is a front page, and leads to everything else.</summary>
public partial class DocumentationTests
{
    static readonly string Root = RepositoryRoot();

    /// <summary>Every Markdown file that belongs to the repository.</summary>
    public static TheoryData<string> Pages =>
    [
        .. Directory.EnumerateFiles(Root, "*.md", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4 })
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => part is "node_modules" or "artifacts" or "bin" or "obj" || (part[0] == '.' && part != ".github")))
            .Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void README_has_at_most_150_lines() => Assert.InRange(File.ReadAllLines(Path.Combine(Root, "README.md")).Length, 1, 150);

    [Fact]
    public void Every_page_of_docs_can_be_reached_from_README()
    {
        var reached = new HashSet<string> { "README.md" };
        var next = new Queue<string>(reached);
        while (next.TryDequeue(out var page))
        {
            foreach (var (target, _) in LinksOf(page).Where(link => link.Target.EndsWith(".md", StringComparison.Ordinal) && File.Exists(Path.Combine(Root, link.Target))))
            {
                if (reached.Add(target))
                {
                    next.Enqueue(target);
                }
            }
        }

        Assert.All(Pages.Select(page => page.Data).Where(page => page.StartsWith("docs/", StringComparison.Ordinal)), page => Assert.Contains(page, reached));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_to_a_file_and_a_heading_that_exist(string page)
    {
        foreach (var (target, heading) in LinksOf(page))
        {
            var file = Path.Combine(Root, target);
            Assert.True(File.Exists(file) || Directory.Exists(file), $"{page} links to {target}, which does not exist.");
            Assert.True(heading.Length == 0 || HeadingsOf(file).Contains(heading), $"{page} links to #{heading} of {target}, which has no such heading.");
        }
    }

    /// <summary>The relative links of a page, each as a path from the repository's root and a heading, empty for none.</summary>
    static IEnumerable<(string Target, string Heading)> LinksOf(string page) =>
        from Match match in Link().Matches(Code().Replace(File.ReadAllText(Path.Combine(Root, page)), ""))
        let link = match.Groups[1].Value
        where !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith("mailto:", StringComparison.Ordinal)
        let parts = link.Split('#', 2)
        let file = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, Uri.UnescapeDataString(parts[0]))
        select (Path.GetRelativePath(Root, Path.GetFullPath(Path.Combine(Root, file))).Replace('\\', '/'), parts.Length == 1 ? "" : parts[1]);

    /// <summary>The anchors that GitHub gives to the headings of a file.</summary>
    static HashSet<string> HeadingsOf(string file) =>
    [
        .. File.ReadLines(file).Where(line => line.StartsWith('#'))
            .Select(line => NotInAnchors().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-')),
    ];

    static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "SasRec.Serverless.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("```.*?```|`[^`\n]*`", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
