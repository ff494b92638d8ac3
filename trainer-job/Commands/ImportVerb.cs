using System.CommandLine;
using System.Globalization;
using SasRec.Core.Contracts;
using SasRec.Trainer.Console;
using SasRec.Trainer.Files;
using SasRec.Trainer.Import;

namespace SasRec.Trainer.Commands;

/// <summary>Sends files of interactions.</summary>
sealed class ImportVerb : HttpImportVerb
{
    readonly FileOptionSet reading;

    readonly Option<bool> check = new("--check") { Description = "Read the files and say what was understood, but send nothing." };

    public ImportVerb(Terminal terminal)
        : base(
            terminal,
            "Sends files of interactions through the HTTP API, as a client would. Sent again, nothing is doubled.",
            "One or more files of interactions: " + FileOptionSet.Formats,
            ImportTarget.Events)
    {
        reading = new FileOptionSet().AddTo(this);
        Add(check);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var options = Sending(parsed);
        Address(parsed);
        var files = reading.Open(Paths(parsed), parsed, Terminal.Time);
        try
        {
            // All files are read to their ends before anything of them is sent.
            foreach (var file in files)
            {
                await Terminal.MeterAsync("Reading", file.Bytes, "bytes", meter => Task.Run(() => file.Scan(more => meter.Add(more), cancellation), cancellation));
                FileOptionSet.Settle(file, Terminal);
                EventTimes.Of(file);
            }

            if (parsed.GetValue(check))
            {
                Terminal.Finish(
                    new { Interactions = files.Sum(file => file.Summary!.Count), Answers = files.SelectMany(Answers) },
                    string.Create(CultureInfo.InvariantCulture, $"{files.Sum(file => file.Summary!.Count):N0} interactions can be imported."));
                return ExitCode.Ok;
            }

            var summaries = new List<ImportSummary>();
            foreach (var file in files)
            {
                summaries.Add(await SendAsync(
                    file.Path, parsed, options, file.Bytes, afterLine => EventBatches.Pack(file, options.BatchSize, afterLine), cancellation));
            }

            Finish(Sum(summaries));
            return ExitCode.Ok;
        }
        finally
        {
            foreach (var file in files)
            {
                file.Dispose();
            }
        }
    }

    void Finish(ImportSummary summary)
    {
        var (count, requests, retries, skippedLines, seconds, perSecond) = summary;
        Terminal.Finish(
            new { Events = count, requests, retries, skippedLines, seconds, EventsPerSecond = perSecond },
            string.Create(
                CultureInfo.InvariantCulture,
                $"{count:N0} events sent in {requests:N0} requests, {Meter.Duration(TimeSpan.FromSeconds(seconds))} ({perSecond:N0} events/s)"));
    }

    /// <summary>The options that stand for what a person answered.</summary>
    static IEnumerable<string> Answers(InteractionFile file) =>
    [
        .. file.Options.Order == LineOrder.Auto ? Array.Empty<string>() : ["--order", file.Options.Order.ToString()],
        .. file.Options.Times == FileTimes.Keep ? Array.Empty<string>() : ["--times", file.Options.Times.ToString()],
        .. file.Options.Header == HeaderLine.Auto ? Array.Empty<string>() : ["--header", file.Options.Header.ToString()],
    ];
}
