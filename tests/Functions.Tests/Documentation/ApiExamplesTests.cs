using System.Diagnostics;
using System.Text.RegularExpressions;
using SasRec.Functions.Tests.Serve;

namespace SasRec.Functions.Tests.Documentation;

public partial class ApiExamplesTests(ServingApp serving) : IClassFixture<ServingApp>
{
    [Fact]
    public async Task Every_example_of_the_documentation_runs()
    {
        // In the order in which README names the pages: events come before what is read of them.
        var readme = await File.ReadAllTextAsync(SettingsTests.RepositoryFile("README.md"));
        var pages = Page().Matches(readme).Select(m => m.Groups[1].Value).Distinct();
        var text = readme + string.Concat(pages.Select(page => File.ReadAllText(SettingsTests.RepositoryFile(page))));

        // The examples speak of books that the test's model does not have.
        var examples = Example().Matches(text).Select(m => m.Groups[1].Value.Replace("items/dune/", "items/item%201/", StringComparison.Ordinal)).ToArray();
        var routes = ApiDescription.Operations.Select(o => o.Path.Split('{')[0]).Distinct();
        Assert.All(routes, route => Assert.Contains(examples, e => e.Contains("/api" + route, StringComparison.Ordinal)));
        foreach (var example in examples)
        {
            var start = new ProcessStartInfo("bash", ["-ec", example])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["HOST"] = serving.App.Client.BaseAddress!.ToString().TrimEnd('/'),
                    ["KEY"] = TestApp.Key,
                    ["VERSION"] = serving.Version,
                },
            };
            using var bash = Process.Start(start)!;
            var said = await Task.WhenAll(bash.StandardOutput.ReadToEndAsync(), bash.StandardError.ReadToEndAsync());
            await bash.WaitForExitAsync();
            Assert.True(bash.ExitCode == 0, $"{example}\n{said[0]}\n{said[1]}");
        }
    }

    [GeneratedRegex("```bash\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"\]\((docs/[\w-]+\.md)\)")]
    private static partial Regex Page();
}
