using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using SasRec.Trainer.Console;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Import;

/// <summary>Items as CSV: known columns are the item's fields, all others its attributes; an empty cell says nothing.</summary>
static partial class ItemCsv
{
    const int Id = 0, Title = 1, Categories = 2, Available = 3, ImageUrl = 4, PublishedAt = 5, ExpiresAt = 6;

    // The names that a column may have, without '_', '-', spaces and case; the first is the field's.
    static readonly string[][] Fields =
    [
        ["id", "item", "itemid"], ["title", "name"], ["categories", "category"], ["available", "instock"], ["imageurl", "image"],
        ["publishedat", "published"], ["expiresat", "expires"],
    ];

    static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads the items.</summary>
    /// <exception cref="UserError">A line cannot be read: the message has its number and what was found.</exception>
    public static IEnumerable<FileItem> Read(LineReader lines)
    {
        var cells = new List<string>();
        if (NextRecord(lines, cells) is not { } first)
        {
            throw new UserError("The file is empty; it must have a header with the columns id and title.");
        }

        var names = cells.ToArray();
        var fields = Header(names, first);
        while (NextRecord(lines, cells) is { } line)
        {
            if (cells.Count != names.Length)
            {
                throw UserError.AtLine(line, $"found {cells.Count} fields; the header has {names.Length}");
            }

            yield return new FileItem(line, cells[Array.IndexOf(fields, Id)].Trim(), Json(names, fields, cells, line));
        }
    }

    /// <summary>[columns]: the field of each column, -1 for an attribute.</summary>
    static int[] Header(string[] names, long line)
    {
        var fields = names.Select(name => Array.FindIndex(Fields, accepted => accepted.Contains(Plain(name)))).ToArray();
        var twice = fields.Where(field => field >= 0).GroupBy(field => field).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
        {
            throw UserError.AtLine(line, $"several columns are the {Fields[twice.Key][0]}; the header must name one");
        }

        return fields.Contains(Id) && fields.Contains(Title)
            ? fields
            : throw UserError.AtLine(line, $"the header is '{string.Join(',', names)}'; it must name the columns 'id' and 'title'");
    }

    /// <summary>Reads one record, which may go over several lines; returns the line on which it begins, null at the end.</summary>
    static long? NextRecord(LineReader lines, List<string> cells)
    {
        do
        {
            if (!lines.Next())
            {
                return null;
            }
        }
        while (lines.Text.IsWhiteSpace());

        var line = lines.Number;
        while (CsvFields.IsOpen(lines.Text))
        {
            if (!lines.Next(join: true))
            {
                throw UserError.AtLine(line, "a quote is not closed");
            }
        }

        return CsvFields.Split(lines.Text, cells) is { } wrong ? throw UserError.AtLine(line, wrong) : line;
    }

    static string Json(string[] names, int[] fields, List<string> cells, long line)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            for (var column = 0; column < fields.Length; column++)
            {
                if (fields[column] >= 0 && cells[column].Trim() is { Length: > 0 } cell)
                {
                    WriteField(json, fields[column], cell, line);
                }
            }

            WriteAttributes(json, names, fields, cells);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    static void WriteField(Utf8JsonWriter json, int field, string cell, long line)
    {
        switch (field)
        {
            case Id:
                json.WriteString("id", cell);
                break;
            case Title:
                json.WriteString("title", cell);
                break;
            case Categories:
                json.WriteStartArray("categories");
                foreach (var category in cell.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                {
                    json.WriteStringValue(category);
                }

                json.WriteEndArray();
                break;
            case Available:
                json.WriteBoolean("available", cell.ToUpperInvariant() switch
                {
                    "TRUE" or "YES" or "1" => true,
                    "FALSE" or "NO" or "0" => false,
                    _ => throw UserError.AtLine(line, $"available '{cell}' must be true, false, yes, no, 1 or 0"),
                });
                break;
            case ImageUrl:
                json.WriteString("imageUrl", cell);
                break;
            default:
                var name = field == PublishedAt ? "publishedAt" : "expiresAt";
                json.WriteString(name, TimestampText.TryParse(cell, out var time)
                    ? time
                    : throw UserError.AtLine(line, $"{name} '{cell}' must be Unix seconds, Unix milliseconds or ISO 8601"));
                break;
        }
    }

    static void WriteAttributes(Utf8JsonWriter json, string[] names, int[] fields, List<string> cells)
    {
        var columns = Enumerable.Range(0, fields.Length).Where(column => fields[column] < 0 && cells[column].Trim().Length > 0).ToArray();
        if (columns.Length == 0)
        {
            return;
        }

        json.WriteStartObject("attributes");
        foreach (var column in columns)
        {
            var cell = cells[column].Trim();
            json.WritePropertyName(names[column].Trim());
            if (cell is "true" or "false" || JsonNumber().IsMatch(cell))
            {
                json.WriteRawValue(cell);
            }
            else
            {
                json.WriteStringValue(cell);
            }
        }

        json.WriteEndObject();
    }

    static string Plain(string name) =>
        string.Concat(name.Where(c => c is not ('_' or '-' or ' '))).ToLower(CultureInfo.InvariantCulture);

    // Leading zeros and the like mean that it is a code and not a number.
    [GeneratedRegex(@"^-?(0|[1-9]\d{0,14})(\.\d{1,9})?$")]
    private static partial Regex JsonNumber();
}
