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
    public ImportItemsVerb(Terminal terminal)
        : base(
            terminal,
            "Puts files of items into the catalogue through the HTTP API, each item in the place of the one with its id. Safe to repeat.",
            "CSV with a header (id, title, and optionally categories, divided by '|', available, imageUrl, publishedAt, expiresAt; "
                + "other columns are attributes; Google Merchant's, Shopify's and MovieLens' names are known too), or JSON: objects as PUT /api/items takes them.",
            ImportTarget.Items)
    {
    }

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var options = Sending(parsed);
        Address(parsed);
        var summaries = new List<ImportSummary>();
        foreach (var path in Paths(parsed))
        {
            var file = ItemFile.Open(path);
            Terminal.Say(file.Describe());
            summaries.Add(await SendAsync(path, parsed, options, file.Bytes, afterLine => file.Pack(options.BatchSize, afterLine), cancellation));
        }

        var (count, requests, retries, skippedLines, seconds, perSecond) = Sum(summaries);
        Terminal.Finish(
            new { Items = count, requests, retries, skippedLines, seconds, ItemsPerSecond = perSecond },
            string.Create(
                CultureInfo.InvariantCulture,
                $"{count:N0} items stored in {requests:N0} requests, {Meter.Duration(TimeSpan.FromSeconds(seconds))} ({perSecond:N0} items/s)"));
        return ExitCode.Ok;
    }
}
