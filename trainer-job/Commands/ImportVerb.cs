using System.CommandLine;
using System.Globalization;
using SasRec.Trainer.Import;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Commands;

/// <summary>Sends a file through the HTTP API, as a client would.</summary>
sealed class ImportVerb : Verb
{
    static readonly ImportOptions Defaults = new();

    readonly Argument<string> file = new("FILE")
    {
        Description = "Lines 'user item', or CSV with a header: user, item, and optionally timestamp, type, source, value.",
    };

    readonly Option<string> url = new("--url")
    {
        Description = "Where the functions host listens.",
        DefaultValueFactory = _ => "http://localhost:7071",
    };

    readonly Option<string?> key = new("--key") { Description = "The function key; else the environment's SASREC_FUNCTION_KEY." };

    readonly Option<int> batch = new("--batch")
    {
        Description = "The most events in one request, 1 to 1,000.",
        DefaultValueFactory = _ => Defaults.BatchSize,
    };

    readonly Option<int> parallel = new("--parallel")
    {
        Description = "The most requests under way at once, 1 to 64.",
        DefaultValueFactory = _ => Defaults.Parallel,
    };

    readonly Option<int> retry = new("--retry-seconds")
    {
        Description = "How long to retry when the host does not answer or is too busy, 0 to 86,400.",
        DefaultValueFactory = _ => (int)Defaults.RetryFor.TotalSeconds,
    };

    readonly Option<ImportTimes> times = new("--times")
    {
        Description = "Keep: as they are. Fit: if any is before 2000, which the API refuses, move all alike by the fewest whole 400 weeks.",
        DefaultValueFactory = _ => Defaults.Times,
    };

    readonly Option<string?> state = new("--state")
    {
        Description = "A file that remembers how far the import came, so that the same command goes on from there.",
    };

    public ImportVerb(Terminal terminal)
        : base(terminal, "import", "Sends a file of interactions through the HTTP API, as a client would. Sent again, nothing is doubled.")
    {
        Add(file);
        Add(url);
        Add(key);
        Add(batch);
        Add(parallel);
        Add(retry);
        Add(times);
        Add(state);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var options = new ImportOptions
        {
            BatchSize = parsed.GetValue(batch),
            Parallel = parsed.GetValue(parallel),
            RetryFor = TimeSpan.FromSeconds(parsed.GetValue(retry)),
            Times = parsed.GetValue(times),
            StateFile = parsed.GetValue(state),
        }.Validated();
        if (!Uri.TryCreate(parsed.GetValue(url)!.TrimEnd('/') + "/", UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https"))
        {
            throw new UserError($"--url '{parsed.GetValue(url)}' must be an http or https address.") { Code = ExitCode.Usage };
        }

        var path = Path.GetFullPath(parsed.GetValue(file)!);
        var source = InteractionFile.Open(path);
        using var client = EventsClient.Create(
            address, parsed.GetValue(key) ?? Terminal.Setting("SASREC_FUNCTION_KEY"), options.RetryFor, Terminal.Time);
        var importer = new FileImporter(source, path, client, options, Terminal.Time);
        var summary = await Terminal.MeterAsync("Importing", source.Bytes, "bytes", meter => importer.RunAsync(meter, cancellation));
        Terminal.Finish(summary, string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Events:N0} events sent in {summary.Requests:N0} requests, "
            + $"{Meter.Duration(TimeSpan.FromSeconds(summary.Seconds))} ({summary.EventsPerSecond:N0} events/s)"));
        return ExitCode.Ok;
    }
}
