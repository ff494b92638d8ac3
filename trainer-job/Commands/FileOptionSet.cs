using System.CommandLine;
using System.CommandLine.Parsing;
using SasRec.Core.Contracts;
using SasRec.Core.Events;
using SasRec.Core.Sequences;
using SasRec.Trainer.Console;
using SasRec.Trainer.Files;

namespace SasRec.Trainer.Commands;

/// <summary>The options that say how files of interactions are to be read, and the talk about what was understood.</summary>
sealed class FileOptionSet
{
    /// <summary>What is read, for descriptions of options.</summary>
    public const string Formats = "CSV with any delimiter, lines 'user item', JSON lines, JSON or Parquet, also packed with gzip; - for standard input.";

    readonly Option<string?> columns = new("--columns")
    {
        Description = "Which column is what, where names do not tell: user=NAME,item=NAME,time=NAME,type=NAME,source=NAME,value=NAME,id=NAME. "
            + "Numbers, 1 for the first, where there is no header; time= for none.",
    };

    readonly Option<string?> delimiter = new("--delimiter") { Description = "What divides fields, where the file does not show it: one character, ::, tab or blanks." };
    readonly Option<HeaderLine> header = new("--header")
    {
        Description = "Whether the first line is a header, where the file does not show it.",
        DefaultValueFactory = _ => HeaderLine.Auto,
    };

    readonly Option<string?> encoding = new("--encoding") { Description = "The encoding of a file that is not UTF-8, such as latin1." };
    readonly Option<LineOrder> order = new("--order")
    {
        Description = "The order of lines where times do not settle it: File for oldest first, NewestFirst.",
        DefaultValueFactory = _ => LineOrder.Auto,
        CustomParser = ParseOrder,
    };

    readonly Option<FileTimes> times = new("--times")
    {
        Description = "Keep: times before 2000 are refused, as by the API. Fit: they are taken; an import moves all times alike by the fewest whole 400 weeks.",
        DefaultValueFactory = _ => FileTimes.Keep,
    };

    readonly Option<string?> types = new("--types") { Description = "Leave out interactions of other types: view,purchase." };
    readonly Option<double?> minValue = new("--min-value") { Description = "Leave out interactions whose value, such as a rating, is lower." };
    readonly Option<bool> skipBad = new("--skip-bad") { Description = "Leave out lines that cannot be read, and say how many." };

    // 'newest-first' reads better than 'newestfirst', which an enumeration would take.
    static LineOrder ParseOrder(ArgumentResult result)
    {
        var text = result.Tokens[0].Value.Replace("-", "", StringComparison.Ordinal);
        if (char.IsLetter(text.FirstOrDefault()) && Enum.TryParse<LineOrder>(text, ignoreCase: true, out var order))
        {
            return order;
        }

        result.AddError($"--order '{result.Tokens[0].Value}' must be auto, file or newest-first.");
        return LineOrder.Auto;
    }

    /// <summary>Adds the options to a verb.</summary>
    public FileOptionSet AddTo(Command verb)
    {
        foreach (var option in new Option[] { columns, delimiter, header, encoding, order, times, types, minValue, skipBad })
        {
            verb.Add(option);
        }

        return this;
    }

    /// <summary>What the options say.</summary>
    public ReadOptions From(ParseResult parsed, TimeProvider time) => new()
    {
        Columns = ColumnChoice.Parse(parsed.GetValue(columns)),
        Delimiter = Files.Delimiter.Parse(parsed.GetValue(delimiter)),
        Header = parsed.GetValue(header),
        Encoding = parsed.GetValue(encoding),
        Order = parsed.GetValue(order),
        Times = parsed.GetValue(times),
        Types = parsed.GetValue(types)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal),
        MinValue = parsed.GetValue(minValue),
        SkipBad = parsed.GetValue(skipBad),
        Now = time.GetUtcNow(),
    };

    /// <summary>Recognises files.</summary>
    public IReadOnlyList<InteractionFile> Open(IReadOnlyList<string> names, ParseResult parsed, TimeProvider time)
    {
        var options = From(parsed, time);
        var files = new List<InteractionFile>();
        try
        {
            foreach (var name in names)
            {
                files.Add(InteractionFile.Open(name, options, names.Count > 1));
                Check(files[^1], options);
            }

            return files;
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    static void Check(InteractionFile file, ReadOptions options)
    {
        if (options.Types is not null && !file.Layout.Has(FieldRole.Type))
        {
            throw new UserError($"--types needs a column of types, and {file.Name} has none that is known: --columns type=NAME.") { Code = ExitCode.Usage };
        }

        if (options.MinValue is not null && !file.Layout.Has(FieldRole.Value))
        {
            throw new UserError($"--min-value needs a column of values, and {file.Name} has none that is known: --columns value=NAME.") { Code = ExitCode.Usage };
        }
    }

    /// <summary>Reads files into one dataset, having said what was understood and settled what was in doubt.</summary>
    public async Task<InteractionDataset> ReadAsync(
        IReadOnlyList<string> names, ParseResult parsed, DatasetOptions dataset, EventMeanings meanings, Terminal terminal, CancellationToken cancellation)
    {
        var files = Open(names, parsed, terminal.Time);
        try
        {
            if (dataset.WindowDays > 0 && files.FirstOrDefault(file => !file.Layout.Has(FieldRole.Time)) is { } timeless)
            {
                throw new UserError($"--window needs a column of times, and {timeless.Name} has none that is known: --columns time=NAME.") { Code = ExitCode.Usage };
            }

            while (true)
            {
                var started = terminal.Time.GetTimestamp();
                var bytes = files.Sum(file => file.Bytes);
                var read = await terminal.MeterAsync("Reading", bytes, "bytes", meter => Task.Run(
                    () => DatasetReader.Read(files, dataset, meanings, more => meter.Add(more), cancellation)));
                var seconds = Math.Max(1e-3, terminal.Time.GetElapsedTime(started).TotalSeconds);
                terminal.Say(FormattableString.Invariant($"Read {bytes / 1e6:N1} MB in {seconds:N1} s ({bytes / 1e6 / seconds:N0} MB/s)"));
                if (!files.Aggregate(false, (again, file) => Settle(file, terminal) || again))
                {
                    return read;
                }
            }
        }
        finally
        {
            foreach (var file in files)
            {
                file.Dispose();
            }
        }
    }

    /// <summary>Says what was understood of a file that was read, and asks where that is in doubt.</summary>
    /// <returns>Whether an answer makes it necessary to read again.</returns>
    /// <exception cref="UserError">It is in doubt and nobody can be asked, or nothing is left of it.</exception>
    public static bool Settle(InteractionFile file, Terminal terminal)
    {
        foreach (var line in file.Summary!.Describe(file.Name, file.Layout, file.Options))
        {
            terminal.Say(line);
        }

        var (again, order) = (false, file.Options.Order);
        foreach (var doubt in file.Doubts())
        {
            if (doubt.Question is null || !terminal.Ask($"{doubt.Statement} {doubt.Question}"))
            {
                throw new UserError($"{file.Name}: {doubt.Statement} {doubt.Answer}") { Code = ExitCode.Usage };
            }

            file.Settle(doubt);
            again |= file.Options.Order == LineOrder.NewestFirst && order != LineOrder.NewestFirst;
        }

        return file.Summary.Count > 0 ? again : throw new UserError($"{file.Name} has no interactions{Reason(file.Summary)}.") { Code = ExitCode.Usage };
    }

    static string Reason(FileSummary summary) => summary.Refused > 0 ? ": no line of it could be read"
        : summary.LeftOut > 0 ? ": --types or --min-value leaves out all"
        : summary.Sightings > 0 ? ": all lines are sightings of items"
        : "";
}
