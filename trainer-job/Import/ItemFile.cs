using System.Text.Json;
using SasRec.Core.Contracts;
using SasRec.Trainer.Console;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Import;

/// <summary>What a file of items is.</summary>
public enum ItemFormat
{
    /// <summary>What its name says.</summary>
    Auto,

    /// <summary>CSV with a header.</summary>
    Csv,

    /// <summary>A JSON object a line.</summary>
    JsonLines,
}

/// <summary>One item as it stands in a file.</summary>
/// <param name="Line">The line on which it begins, 1 for the first.</param>
/// <param name="Id">Its id.</param>
/// <param name="Json">All of it, as PUT /api/items takes it.</param>
sealed record FileItem(long Line, string Id, string Json);

/// <summary>A file of items: CSV with a header, or JSON Lines. Read line by line; only the ids are kept in memory.</summary>
/// <remarks>What a field may hold is for the API to judge, which names the field; the import names the line.</remarks>
sealed class ItemFile
{
    readonly string path;
    readonly ItemFormat format;

    ItemFile(string path, ItemFormat format, long bytes) => (this.path, this.format, Bytes) = (path, format, bytes);

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    /// <summary>Finds out what a file is.</summary>
    /// <exception cref="UserError">There is no such file, or its name does not say what it is.</exception>
    public static ItemFile Open(string path, ItemFormat format)
    {
        var known = format is not ItemFormat.Auto ? format : Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".CSV" => ItemFormat.Csv,
            ".JSONL" or ".NDJSON" or ".JSON" => ItemFormat.JsonLines,
            var other => throw new UserError(
                $"The extension '{other}' of {path} must be .csv, .jsonl, .ndjson or .json, or --format must say Csv or JsonLines.")
            {
                Code = ExitCode.Usage,
            },
        };
        using var stream = OpenStream(path);
        return new ItemFile(path, known, stream.Length);
    }

    /// <summary>Packs the items into requests.</summary>
    /// <param name="batchSize">The most items in one request.</param>
    /// <param name="afterLine">Lines up to this one were sent before.</param>
    public IEnumerable<ImportBatch> Pack(int batchSize, long afterLine) => ImportBatch.Pack(
        ImportTarget.Items.Noun,
        batchSize,
        onBytes => Read(onBytes).Where(item => item.Line > afterLine),
        item => item.Line,
        (json, item) => json.WriteRawValue(item.Json, skipInputValidation: true));

    /// <summary>Reads the items in the order of the file.</summary>
    /// <param name="onBytes">Told now and then how many bytes were newly read.</param>
    /// <exception cref="UserError">A line cannot be read: the message has its number and what was found.</exception>
    public IEnumerable<FileItem> Read(Action<long>? onBytes = null)
    {
        using var stream = OpenStream(path);
        var lines = new LineReader(stream);
        var places = new Dictionary<string, long>(StringComparer.Ordinal);
        var told = 0L;
        foreach (var item in format == ItemFormat.Csv ? ItemCsv.Read(lines) : ReadJsonLines(lines))
        {
            if (!places.TryAdd(item.Id, item.Line))
            {
                throw UserError.AtLine(item.Line, $"the id '{item.Id}' stands on line {places[item.Id]} already; a file must have each once");
            }

            if (lines.BytesRead - told >= 1 << 16)
            {
                onBytes?.Invoke(lines.BytesRead - told);
                told = lines.BytesRead;
            }

            yield return item;
        }

        onBytes?.Invoke(lines.BytesRead - told);
    }

    static IEnumerable<FileItem> ReadJsonLines(LineReader lines)
    {
        while (lines.Next())
        {
            if (!lines.Text.IsWhiteSpace())
            {
                yield return ReadJson(lines.Text.ToString(), lines.Number);
            }
        }
    }

    static FileItem ReadJson(string text, long line)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var item = document.RootElement;
            return item.ValueKind == JsonValueKind.Object && item.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
                ? new FileItem(line, id.GetString()!, text)
                : throw UserError.AtLine(line, "the line must be a JSON object with a string 'id'");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw UserError.AtLine(line, $"the line is not JSON: {e.Message.Split(" LineNumber:")[0].TrimEnd('.')}", e);
        }
    }

    static FileStream OpenStream(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"Cannot read {path}: {e.Message}", e);
        }
    }
}
