using System.CommandLine;
using System.Globalization;
using SasRec.Core.Contracts;
using SasRec.Trainer.Console;
using SasRec.Trainer.Import;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Commands;

/// <summary>Sends a file of interactions.</summary>
sealed class ImportVerb : HttpImportVerb
{
    readonly Option<ImportTimes> times;

    public ImportVerb(Terminal terminal)
        : this(terminal, new Option<ImportTimes>("--times")
        {
            Description = "Keep: as they are. Fit: if any is before 2000, which the API refuses, move all alike by the fewest whole 400 weeks.",
            DefaultValueFactory = _ => ImportTimes.Keep,
        })
    {
    }

    ImportVerb(Terminal terminal, Option<ImportTimes> times)
        : base(
            terminal,
            "Sends a file of interactions through the HTTP API, as a client would. Sent again, nothing is doubled.",
            "Lines 'user item', or CSV with a header: user, item, and optionally timestamp, type, source, value.",
            ImportTarget.Events,
            times) => this.times = times;

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var options = Sending(parsed);
        Address(parsed);
        var source = InteractionFile.Open(Path(parsed));
        var moved = EventTimes.Of(source, parsed.GetValue(times), Terminal.Time.GetUtcNow());
        var summary = await SendAsync(
            parsed, options, source.Bytes, afterLine => EventBatches.Pack(source, moved, options.BatchSize, afterLine), cancellation);
        var (count, requests, retries, skippedLines, seconds, perSecond) = summary;
        Terminal.Finish(
            new { Events = count, requests, retries, skippedLines, seconds, EventsPerSecond = perSecond },
            string.Create(
                CultureInfo.InvariantCulture,
                $"{count:N0} events sent in {requests:N0} requests, {Meter.Duration(TimeSpan.FromSeconds(seconds))} ({perSecond:N0} events/s)"));
        return ExitCode.Ok;
    }
}
