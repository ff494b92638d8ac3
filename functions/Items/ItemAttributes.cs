using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SasRec.Core.Events;
using SasRec.Core.Items;
using SasRec.Functions.Http;
using static SasRec.Functions.Http.StrictJson;

namespace SasRec.Functions.Items;

/// <summary>Reads an item's attributes: one object of strings, numbers, true and false.</summary>
static class ItemAttributes
{
    const string Scalar = "a string, a finite number, true or false";

    static readonly string Range =
        $"an object of at most {CatalogueItemRules.MaxAttributes} attributes and {CatalogueItemRules.MaxAttributesBytes:N0} bytes of JSON";

    static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The attributes as compact JSON; null where anything was wrong, or where there are none.</summary>
    public static string? Read(ref Utf8JsonReader reader, string field, RequestErrors errors)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            errors.Add(field, Found(ref reader), Range);
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, Compact);
        writer.WriteStartObject();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Text(ref reader);
            var shown = Name(ref reader);
            var taken = name is not null && InteractionRules.IsLabel(name) && names.Add(name);
            if (!taken)
            {
                errors.Add($"{field}.{shown}", shown, name is not null && names.Contains(name) ? "given once" : $"named by {JsonFields.LabelRange}");
            }

            reader.Read();
            count++;
            if (Value(ref reader) is { } value && taken && count <= CatalogueItemRules.MaxAttributes)
            {
                writer.WritePropertyName(name!);
                writer.WriteRawValue(value, skipInputValidation: true);
            }
            else if (taken && count <= CatalogueItemRules.MaxAttributes)
            {
                errors.Add($"{field}.{shown}", Found(ref reader), Scalar);
            }
            else
            {
                reader.Skip();
            }
        }

        writer.WriteEndObject();
        writer.Flush();
        if (count > CatalogueItemRules.MaxAttributes || buffer.WrittenCount > CatalogueItemRules.MaxAttributesBytes)
        {
            errors.Add(field, $"{count} attributes, {buffer.WrittenCount} bytes", Range);
        }

        return names.Count == 0 ? null : Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The scalar on which the reader stands, as JSON; null for anything else.</summary>
    static string? Value(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Number when reader.TryGetDouble(out var number) && double.IsFinite(number) => Encoding.UTF8.GetString(reader.ValueSpan),
        JsonTokenType.String when Text(ref reader) is { } text => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"",
        _ => null,
    };
}
