using System.CommandLine;
using System.Globalization;
using SasRec.Core.Contracts;
using SasRec.Trainer.Console;
using SasRec.Trainer.Import;

namespace SasRec.Trainer.Commands;

/// <summary>The catalogue; its verb fills it.</summary>
sealed class ItemsVerb : Command
{
    public ItemsVerb(Terminal terminal)
        : base("items", "The catalogue of items: their titles, categories, and when they may be recommended.") => Add(new ImportItemsVerb(terminal));
}

/// <summary>Sends a file of items.</summary>
sealed class ImportItemsVerb : HttpImportVerb
{
    readonly Option<ItemFormat> format;

    public ImportItemsVerb(Terminal terminal)
        : this(terminal, new Option<ItemFormat>("--format")
        {
            Description = "What the file is; Auto goes by its name: .csv, or .jsonl, .ndjson and .json.",
            DefaultValueFactory = _ => ItemFormat.Auto,
        })
    {
    }

    ImportItemsVerb(Terminal terminal, Option<ItemFormat> format)
        : base(
            terminal,
            "Puts a file of items into the catalogue through the HTTP API, each in the place of the one with its id. Safe to repeat.",
            "CSV with a header (id, title, and optionally categories, divided by '|', available, imageUrl, publishedAt, expiresAt; "
                + "other columns are attributes), or JSON Lines: an object a line, as PUT /api/items takes it.",
            ImportTarget.Items,
            format) => this.format = format;

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var options = Sending(parsed);
        Address(parsed);
        var file = ItemFile.Open(Path(parsed), parsed.GetValue(format));
        var (count, requests, retries, skippedLines, seconds, perSecond) = await SendAsync(
            parsed, options, file.Bytes, afterLine => file.Pack(options.BatchSize, afterLine), cancellation);
        Terminal.Finish(
            new { Items = count, requests, retries, skippedLines, seconds, ItemsPerSecond = perSecond },
            string.Create(
                CultureInfo.InvariantCulture,
                $"{count:N0} items stored in {requests:N0} requests, {Meter.Duration(TimeSpan.FromSeconds(seconds))} ({perSecond:N0} items/s)"));
        return ExitCode.Ok;
    }
}
