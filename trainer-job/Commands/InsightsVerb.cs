using System.CommandLine;
using SasRec.Core.Contracts;
using SasRec.Storage;
using SasRec.Trainer.Console;
using SasRec.Trainer.Insights;

namespace SasRec.Trainer.Commands;

/// <summary>Reports what the ledger of served slates says.</summary>
sealed class InsightsVerb : StorageVerb
{
    readonly Option<double> days = new("--days")
    {
        Description = "The window: the days before now, above 0, at most 366.",
        DefaultValueFactory = _ => 28,
    };

    readonly Option<string?> placement = new("--placement") { Description = "The only placement; else all." };

    readonly Option<int> items = new("--items")
    {
        Description = "How many items are listed, the most served first, 1 to 10,000.",
        DefaultValueFactory = _ => 20,
    };

    public InsightsVerb(Terminal terminal)
        : base(terminal, "insights", "Reports what was served and what followed: rates, calibration, spread, drift, and how much to explore.")
    {
        Add(days);
        Add(placement);
        Add(items);
    }

    protected override async Task<ExitCode> RunAsync(StorageConnection storage, ParseResult parsed, CancellationToken cancellation)
    {
        var span = parsed.GetValue(days);
        if (!(span is > 0 and <= 366))
        {
            throw new UserError($"--days must be above 0, at most 366. Found: {span}.") { Code = ExitCode.Usage };
        }

        var ledger = new LedgerReader(storage, Terminal);
        var report = await ledger.ReadAsync(
            TimeSpan.FromDays(span), parsed.GetValue(placement), new() { TopItems = parsed.GetValue(items), Meanings = Meanings() }, cancellation);
        Terminal.Finish(report, InsightsText.Of(report));
        return ExitCode.Ok;
    }
}
