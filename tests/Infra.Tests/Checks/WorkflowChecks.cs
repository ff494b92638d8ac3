using System.Text.RegularExpressions;

namespace SasRec.Infra.Tests.Checks;

/// <summary>The hosted workflows: what they run is pinned, and each has no right that it does not need.</summary>
static partial class WorkflowChecks
{
    static readonly string[] Files = ["ci.yml", "codeql.yml", "deploy.yml"];

    public static IEnumerable<string> Workflows(Repository repository)
    {
        foreach (var file in Files)
        {
            var text = repository.Text($".github/workflows/{file}");
            foreach (var line in text.Split('\n').Where(line => line.Contains("uses:", StringComparison.Ordinal) && !Pinned().IsMatch(line)))
            {
                yield return $"{file}: '{line.Trim()}' is not pinned by commit with its version beside it.";
            }

            if (Checkout().Count(text) != Forgets().Count(text))
            {
                yield return $"{file} keeps the token in the working copy: a checkout lacks persist-credentials: false.";
            }

            if (!text.Contains("\npermissions:\n  contents: read\n", StringComparison.Ordinal))
            {
                yield return $"{file} has more rights than to read.";
            }
        }

        var deploy = repository.Text(".github/workflows/deploy.yml");
        if (!deploy.Contains("id-token: write", StringComparison.Ordinal) || deploy.Contains("secrets.", StringComparison.Ordinal))
        {
            yield return "deploy.yml must sign in without a secret.";
        }

        if (!Manual().IsMatch(deploy) || !deploy.Contains("\n    environment: ", StringComparison.Ordinal))
        {
            yield return "deploy.yml deploys though nobody has to agree.";
        }
    }

    /// <summary>Dependabot looks after all that is fetched.</summary>
    public static IEnumerable<string> Dependencies(Repository repository) =>
        from kind in new[] { "nuget", "npm", "github-actions", "docker" }
        where !repository.Text(".github/dependabot.yml").Contains($"package-ecosystem: {kind}\n", StringComparison.Ordinal)
        select $"dependabot.yml forgets {kind}.";

    [GeneratedRegex(@"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+\s*$")]
    private static partial Regex Pinned();

    [GeneratedRegex(@"uses: actions/checkout@")]
    private static partial Regex Checkout();

    [GeneratedRegex(@"persist-credentials: false")]
    private static partial Regex Forgets();

    [GeneratedRegex(@"\non:\n  workflow_dispatch:\n(?:    .*\n)*[a-z]")]
    private static partial Regex Manual();
}
