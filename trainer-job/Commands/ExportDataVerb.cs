using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using SasRec.Core.Contracts;
using SasRec.Storage;
using SasRec.Trainer.Console;
using SasRec.Trainer.Exchange;
using SasRec.Trainer.Publish;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Commands;

/// <summary>Writes interactions, slates, items and the training snapshot as Parquet.</summary>
sealed class ExportDataVerb : StorageVerb
{
    const string FromKey = "from", UntilKey = "until";

    readonly Option<string> output = new("--out") { Description = "The folder: one of each table in it, and _state.json.", Required = true };
    readonly Option<ExportTable[]> tables = new("--tables")
    {
        Description = "Which tables: Interactions, Sequences, Impressions, Outcomes, Items.",
        DefaultValueFactory = _ => Enum.GetValues<ExportTable>(),
        AllowMultipleArgumentsPerToken = true,
    };

    readonly Option<int> days = new("--days")
    {
        Description = "Of impressions and outcomes: slates served today and on so many days before, 0 to 3,660.",
        DefaultValueFactory = _ => 28,
    };

    readonly Option<bool> restart = new("--restart") { Description = "Begin anew in a folder that holds an export." };

    public ExportDataVerb(Terminal terminal)
        : base(
            terminal,
            "data",
            "Writes interactions, impressions with what followed, items and the training snapshot as Parquet; docs/exchange.md has the columns. "
                + "One that was stopped goes on where it was.")
    {
        Add(output);
        Add(tables);
        Add(days);
        Add(restart);
    }

    protected override async Task<ExitCode> RunAsync(StorageConnection storage, ParseResult parsed, CancellationToken cancellation)
    {
        var (wanted, span) = (parsed.GetValue(tables)!.ToHashSet(), parsed.GetValue(days));
        if (span is < 0 or > 3_660)
        {
            throw new UserError(FormattableString.Invariant($"--days must be 0 to 3,660. Found: {span}.")) { Code = ExitCode.Usage };
        }

        using var held = FolderLock.Take(parsed.GetValue(output)!, output.Name);
        var folder = PartFolder.Open(
            parsed.GetValue(output)!,
            new Dictionary<string, string>
            {
                [output.Name] = "data",
                [tables.Name] = string.Join(", ", wanted.Order()),
                [days.Name] = span.ToString(CultureInfo.InvariantCulture),
            },
            parsed.GetValue(restart));
        if (!folder.GoesOn)
        {
            var until = Terminal.Time.GetUtcNow();
            var today = new DateTimeOffset(until.UtcDateTime.Date, TimeSpan.Zero);
            folder.Begin(new Dictionary<string, string>
            {
                [FromKey] = today.AddDays(-span).ToString("O", CultureInfo.InvariantCulture),
                [UntilKey] = until.ToString("O", CultureInfo.InvariantCulture),
            });
        }

        var begun = Stopwatch.StartNew();
        var rows = 0L;
        var export = new DataExport(storage, folder, Meanings(), Terminal);
        if (Chosen(ExportTable.Interactions, ExportTable.Sequences) is { Count: > 0 } ofUsers)
        {
            rows += await export.UsersAsync(await SettledSnapshot.ReadAsync(storage, Terminal, cancellation), ofUsers, cancellation);
        }

        if (Chosen(ExportTable.Impressions, ExportTable.Outcomes) is { Count: > 0 } ofSlates)
        {
            rows += await export.SlatesAsync(Time(folder, FromKey), Time(folder, UntilKey), ofSlates, cancellation);
        }

        rows += wanted.Contains(ExportTable.Items) ? await export.ItemsAsync(cancellation) : 0;
        using var process = Process.GetCurrentProcess();
        var summary = new
        {
            Rows = folder.Parts.GroupBy(part => part.Key.Split('/')[0], part => part.Value.Rows).ToDictionary(table => table.Key, table => table.Sum()),
            RowsNow = rows,
            Seconds = Math.Round(begun.Elapsed.TotalSeconds, 2),
            PeakMegabytes = Math.Round(process.PeakWorkingSet64 / 1e6, 1),
        };
        Terminal.Finish(summary, string.Join(Environment.NewLine, summary.Rows.Select(table => string.Create(CultureInfo.InvariantCulture, $"{table.Key}: {table.Value:N0} rows"))));
        return ExitCode.Ok;

        HashSet<ExportTable> Chosen(params ExportTable[] some) => [.. some.Where(wanted.Contains)];
    }

    static DateTimeOffset Time(PartFolder folder, string key) =>
        DateTimeOffset.ParseExact(folder.Found[key], "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
