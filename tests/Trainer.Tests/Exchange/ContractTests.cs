using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using SasRec.Trainer.Exchange;
using SasRec.Trainer.Recommend;

namespace SasRec.Trainer.Tests.Exchange;

public class ContractTests
{
    const string Begin = "<!-- columns: begin -->", End = "<!-- columns: end -->";

    /// <remarks>With SASREC_WRITE_DOCS=1 in the environment the test writes the file instead of comparing it.</remarks>
    [Fact]
    public void The_contract_lists_every_column_as_it_is_written()
    {
        var actual = Render();
        var text = File.ReadAllText(Page()).ReplaceLineEndings("\n");
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("SASREC_WRITE_DOCS") == "1")
        {
            File.WriteAllText(Page(), $"{text[..begin]}\n\n{actual}\n\n{text[end..]}");
            return;
        }

        Assert.True(text[begin..end].Trim() == actual, "docs/exchange.md is out of date: run this test once with SASREC_WRITE_DOCS=1 in the environment.");
    }

    static string Render()
    {
        var text = new StringBuilder();
        foreach (var table in ExportTables.Describe().GroupBy(column => column.Table))
        {
            Table(text, table.Key.ToString().ToLowerInvariant(), table.Select(column => (column.Name, column.Type, column.Required, column.Meaning)));
        }

        Table(text, "recommendations", BatchFile.Columns.Select(column => (column.Name, column.Type, column.Required, column.Meaning)));
        return text.ToString().Trim();
    }

    static void Table(StringBuilder text, string name, IEnumerable<(string Name, string Type, bool Required, string Meaning)> columns)
    {
        text.Append(CultureInfo.InvariantCulture, $"### {name}\n\n| column | type | null | meaning |\n|---|---|---|---|\n");
        foreach (var column in columns)
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{column.Name}` | {column.Type} | {(column.Required ? "never" : "possible")} | {column.Meaning} |\n");
        }

        text.Append('\n');
    }

    static string Page([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/exchange.md"));
}
