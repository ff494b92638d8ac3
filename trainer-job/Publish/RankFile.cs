using System.Globalization;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Sequences;

namespace SasRec.Trainer.Publish;

/// <summary>The rank of every answer as CSV, so that others can check the metrics.</summary>
static class RankFile
{
    /// <summary>Writes a row for each answer of each report: protocol, scorer, user, item, rank.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="data">The ids behind the indices.</param>
    /// <param name="reports">The reports, each with the name of what was measured.</param>
    /// <param name="cancellation">Ends the writing.</param>
    public static async Task WriteAsync(
        string path, InteractionDataset data, IEnumerable<(string Scorer, RankingReport Report)> reports, CancellationToken cancellation)
    {
        await using var file = new StreamWriter(path);
        await file.WriteLineAsync("protocol,scorer,user,item,rank");
        foreach (var (scorer, report) in reports)
        {
            foreach (var asked in report.Ranks)
            {
                cancellation.ThrowIfCancellationRequested();
                for (var i = 0; i < asked.Targets.Count; i++)
                {
                    await file.WriteLineAsync(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{report.Protocol},{scorer},{Quoted(data.UserIds[asked.User])},{Quoted(data.Items[asked.Targets[i]])},{asked.Ranks[i]}"));
                }
            }
        }
    }

    static string Quoted(string id) =>
        id.AsSpan().IndexOfAny(",\"\r\n") < 0 ? id : "\"" + id.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
