using System.CommandLine;
using SasRec.Core.Contracts;
using SasRec.Trainer.Console;
using SasRec.Trainer.Import;

namespace SasRec.Trainer.Commands;

/// <summary>A verb that sends a file through the HTTP API, as a client would.</summary>
abstract class HttpImportVerb : Verb
{
    static readonly ImportOptions Defaults = new();

    readonly ImportTarget target;
    readonly Argument<string[]> files;
    readonly Option<int> batch;

    readonly Option<string> url = new("--url")
    {
        Description = "Where the functions host listens.",
        DefaultValueFactory = _ => "http://localhost:7071",
    };

    readonly Option<string?> key = new("--key") { Description = "The function key; else the environment's SASREC_FUNCTION_KEY." };

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

    readonly Option<string?> state = new("--state")
    {
        Description = "A file that remembers how far the import came, so that the same command goes on from there.",
    };

    protected HttpImportVerb(Terminal terminal, string description, string fileDescription, ImportTarget target)
        : base(terminal, "import", description)
    {
        this.target = target;
        files = new Argument<string[]>("FILE") { Description = fileDescription, Arity = ArgumentArity.OneOrMore };
        batch = new Option<int>("--batch")
        {
            Description = $"The most {target.Noun} in one request, 1 to 1,000.",
            DefaultValueFactory = _ => Defaults.BatchSize,
        };
        Add(files);
        foreach (var option in new Option[] { url, key, batch, parallel, retry, state })
        {
            Add(option);
        }
    }

    /// <summary>The files' paths, whole; <c>-</c> stays.</summary>
    protected IReadOnlyList<string> Paths(ParseResult parsed) =>
        [.. parsed.GetValue(files)!.Select(file => file == "-" ? file : System.IO.Path.GetFullPath(file))];

    /// <summary>What the shared options say.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    /// <exception cref="UserError">A state file is named for several files or a pipe, in which a sitting cannot go on.</exception>
    protected ImportOptions Sending(ParseResult parsed)
    {
        if (parsed.GetValue(state) is not null && Paths(parsed) is not [not "-"])
        {
            throw new UserError("--state remembers one file; give one FILE, which is not standard input.") { Code = ExitCode.Usage };
        }

        return new ImportOptions
        {
            BatchSize = parsed.GetValue(batch),
            Parallel = parsed.GetValue(parallel),
            RetryFor = TimeSpan.FromSeconds(parsed.GetValue(retry)),
            StateFile = parsed.GetValue(state),
        }.Validated();
    }

    /// <summary>Sends the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">How.</param>
    /// <param name="bytes">The file's size.</param>
    /// <param name="pack">The requests of what stands behind a line.</param>
    /// <param name="cancellation">Ends it; what was accepted is remembered.</param>
    protected async Task<ImportSummary> SendAsync(
        string path, ParseResult parsed, ImportOptions options, long bytes, Func<long, IEnumerable<ImportBatch>> pack, CancellationToken cancellation)
    {
        using var client = ImportClient.Create(
            Address(parsed), target, parsed.GetValue(key) ?? Terminal.Setting("SASREC_FUNCTION_KEY"), options.RetryFor, Terminal.Time);
        var importer = new FileImporter(path, target, client, options, Terminal.Time);
        return await Terminal.MeterAsync("Importing", bytes, "bytes", meter => importer.RunAsync(pack, meter, cancellation));
    }

    /// <summary>What several files came to together.</summary>
    protected static ImportSummary Sum(IReadOnlyList<ImportSummary> summaries)
    {
        var (count, seconds) = (summaries.Sum(one => one.Count), summaries.Sum(one => one.Seconds));
        return new ImportSummary(
            count, summaries.Sum(one => one.Requests), summaries.Sum(one => one.Retries), summaries.Sum(one => one.SkippedLines),
            seconds, count / Math.Max(1e-3, seconds));
    }

    /// <summary>The host's address.</summary>
    /// <exception cref="UserError">It is none.</exception>
    protected Uri Address(ParseResult parsed) =>
        Uri.TryCreate(parsed.GetValue(url)!.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new UserError($"--url '{parsed.GetValue(url)}' must be an http or https address.") { Code = ExitCode.Usage };
}
