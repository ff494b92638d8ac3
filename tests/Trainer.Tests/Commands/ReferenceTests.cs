using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using SasRec.Core.Contracts;
using SasRec.Trainer.Commands;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Tests.Commands;

public class ReferenceTests
{
    const string Begin = "<!-- reference: begin -->";
    const string End = "<!-- reference: end -->";

    /// <remarks>With SASREC_WRITE_DOCS=1 in the environment the test writes the file instead of comparing it.</remarks>
    [Fact]
    public void The_README_lists_every_verb_option_and_exit_code_as_they_are()
    {
        var terminal = new Terminal(TextWriter.Null, TextWriter.Null, interactive: false, TimeProvider.System, _ => null);
        var actual = Render(CommandTree.Build(terminal)).Trim();
        var readme = File.ReadAllText(Readme()).ReplaceLineEndings("\n");
        var (begin, end) = (readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, readme.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("SASREC_WRITE_DOCS") == "1")
        {
            File.WriteAllText(Readme(), $"{readme[..begin]}\n\n{actual}\n\n{readme[end..]}");
            return;
        }

        Assert.True(
            readme[begin..end].Trim() == actual,
            "trainer-job/README.md is out of date: run this test once with SASREC_WRITE_DOCS=1 in the environment.");
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("run", "--help")]
    [InlineData("models", "activate", "--help")]
    public async Task Help_tells_what_the_exit_codes_mean(params string[] args)
    {
        var outcome = await Job.RunAsync(args);

        Assert.Equal(ExitCode.Ok, outcome.Code);
        foreach (var code in Enum.GetValues<ExitCode>())
        {
            Assert.Contains($"{(int)code,-4}{code.Meaning()}", outcome.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_storage_settings_a_command_says_which_to_set()
    {
        var outcome = await Job.RunAsync(["models"]);

        Assert.Equal(ExitCode.Usage, outcome.Code);
        Assert.Contains("AzureWebJobsStorage", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    static string Render(RootCommand root)
    {
        var text = new StringBuilder();
        foreach (var verb in root.Subcommands)
        {
            Render(text, verb, verb.Name);
        }

        text.Append("### Every verb\n\n");
        Options(text, root.Options);
        text.Append("### Exit codes\n\n| code | meaning |\n|---|---|\n");
        foreach (var code in Enum.GetValues<ExitCode>())
        {
            text.Append(CultureInfo.InvariantCulture, $"| {(int)code} | {code.Meaning()} |\n");
        }

        return text.ToString();
    }

    static void Render(StringBuilder text, Command verb, string name)
    {
        text.Append(CultureInfo.InvariantCulture, $"### {name}{string.Concat(verb.Arguments.Select(a => $" {a.Name}"))}\n\n{verb.Description}\n\n");
        foreach (var argument in verb.Arguments)
        {
            text.Append(CultureInfo.InvariantCulture, $"`{argument.Name}`: {argument.Description}\n\n");
        }

        Options(text, verb.Options);
        foreach (var sub in verb.Subcommands)
        {
            Render(text, sub, $"{name} {sub.Name}");
        }
    }

    static void Options(StringBuilder text, IEnumerable<Option> options)
    {
        text.Append("| option | meaning | default |\n|---|---|---|\n");
        foreach (var option in options.Where(o => o is not HelpOption and not VersionOption))
        {
            var type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
            var values = type.IsEnum ? $" One of {string.Join(", ", Enum.GetNames(type))}." : "";
            var otherwise = option.Required ? "required"
                : option.HasDefaultValue && option.ValueType != typeof(bool) ? Text(option.GetDefaultValue())
                : "";
            text.Append(CultureInfo.InvariantCulture, $"| `{option.Name}` | {option.Description}{values} | {otherwise} |\n");
        }

        text.Append('\n');
    }

    static string Text(object? value) => value switch
    {
        string[] several => string.Join(", ", several),
        _ => string.Format(CultureInfo.InvariantCulture, "{0}", value),
    };

    static string Readme([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../trainer-job/README.md"));
}
