using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using SasRec.Trainer.Files;

namespace SasRec.Trainer.Import;

/// <summary>An item that is being put together from one record, or from the records of its variants; an empty cell says nothing.</summary>
sealed partial class ItemJson
{
    static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly Dictionary<ItemField, string> fields = [];
    readonly Dictionary<string, List<string>> attributes = new(StringComparer.Ordinal);
    bool? available;

    /// <summary>The line on which it begins.</summary>
    public required long Line { get; init; }

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Adds a record; of several the item is available if one is, and attributes that differ stand side by side.</summary>
    /// <returns>What is wrong; null if nothing is.</returns>
    public string? Add(ItemColumns columns, IReadOnlyList<string> cells)
    {
        bool? own = null;
        for (var column = 0; column < columns.Fields.Count && column < cells.Count; column++)
        {
            var (field, cell) = (columns.Fields[column], cells[column].Trim());
            if (cell.Length == 0 || field is ItemField.None or ItemField.Id)
            {
                continue;
            }

            if (field == ItemField.Attribute)
            {
                var name = columns.Names[column].Trim();
                own = name.Equals("status", StringComparison.OrdinalIgnoreCase) && cell.ToUpperInvariant() is "DRAFT" or "ARCHIVED" ? false : own;
                var values = attributes.TryGetValue(name, out var before) ? before : attributes[name] = [];
                if (!values.Contains(cell))
                {
                    values.Add(cell);
                }
            }
            else if (field == ItemField.Available || (field == ItemField.PublishedAt && Answer(cell) is not null))
            {
                // Shopify's column 'Published' says whether, not when.
                if (Availability(cell) is not { } found)
                {
                    return $"available '{cell}' must be true, false, yes, no, a number in stock, or a state such as in_stock, out_of_stock, preorder or backorder";
                }

                own = own is null ? found : own.Value && found;
            }
            else if (field is ItemField.PublishedAt or ItemField.ExpiresAt)
            {
                if (TimeText.Parse(Encoding.UTF8.GetBytes(cell), out var time, out _) is { } wrong)
                {
                    return $"{ItemColumns.NameOf(field)} '{cell}' {wrong}";
                }

                if (time > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
                {
                    return $"{ItemColumns.NameOf(field)} '{cell}' lies beyond the year 9999";
                }

                fields.TryAdd(field, DateTimeOffset.FromUnixTimeMilliseconds(time).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFzzz", CultureInfo.InvariantCulture));
            }
            else if (!fields.TryAdd(field, cell) && field == ItemField.Title && fields[field] != cell)
            {
                return $"the id '{Id}' stands on line {Line} already, with another title; variants of an item must have its title";
            }
        }

        available = own is null ? available : (available ?? false) || own.Value;
        return null;
    }

    /// <summary>The item as PUT /api/items takes it.</summary>
    public FileItem Close()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("id", Id);
            for (var field = ItemField.Title; field < ItemField.Attribute; field++)
            {
                Write(json, field);
            }

            if (attributes.Count > 0)
            {
                json.WriteStartObject("attributes");
                foreach (var (name, values) in attributes)
                {
                    json.WritePropertyName(name);
                    WriteAttribute(json, values);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return new FileItem(Line, Id, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    void Write(Utf8JsonWriter json, ItemField field)
    {
        if (field == ItemField.Available)
        {
            if (available is { } known)
            {
                json.WriteBoolean("available", known);
            }
        }
        else if (fields.TryGetValue(field, out var cell) && field != ItemField.Categories)
        {
            json.WriteString(ItemColumns.NameOf(field), cell);
        }
        else if (cell is not null)
        {
            json.WriteStartArray("categories");
            foreach (var category in Categories(cell))
            {
                json.WriteStringValue(category);
            }

            json.WriteEndArray();
        }
    }

    // 'Adventure|Children', or the way to a category: 'Home > Kitchen > Knives'.
    static IEnumerable<string> Categories(string cell) => cell == "(no genres listed)"
        ? []
        : cell.Split(["|", " > "], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct();

    static void WriteAttribute(Utf8JsonWriter json, List<string> values)
    {
        if (values is [var only] && (only is "true" or "false" || JsonNumber().IsMatch(only)))
        {
            json.WriteRawValue(only);
        }
        else
        {
            json.WriteStringValue(string.Join(", ", values));
        }
    }

    static bool? Answer(string cell) => cell.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "Y" => true,
        "FALSE" or "NO" or "N" => false,
        _ => null,
    };

    static bool? Availability(string cell)
    {
        var state = ColumnNames.Plain(cell[(cell.LastIndexOf('/') + 1)..]);
        return Answer(cell) ?? state switch
        {
            "instock" or "available" or "preorder" or "backorder" or "limitedavailability" or "availablefororder" or "onlineonly" or "presale" => true,
            "outofstock" or "soldout" or "discontinued" or "unavailable" or "notavailable" => false,
            _ => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var stock) && double.IsFinite(stock) ? stock > 0 : null,
        };
    }

    // Leading zeros and the like mean that it is a code and not a number.
    [GeneratedRegex(@"^-?(0|[1-9]\d{0,14})(\.\d{1,9})?$")]
    private static partial Regex JsonNumber();
}
