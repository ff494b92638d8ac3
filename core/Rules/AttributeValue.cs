using System.Text.Json;
using System.Text.Json.Serialization;

namespace SasRec.Core.Rules;

/// <summary>The value of an attribute: one of a text, a number, true and false. Equal values are equal whatever wrote them: 1.0 is 1.</summary>
/// <param name="Text">The text; null for none.</param>
/// <param name="Number">The number; null for none.</param>
/// <param name="Flag">True or false; null for neither.</param>
[JsonConverter(typeof(AttributeValueConverter))]
public readonly record struct AttributeValue(string? Text = null, double? Number = null, bool? Flag = null)
{
    /// <summary>Reads a JSON scalar; null for anything else.</summary>
    public static AttributeValue? Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => new AttributeValue(Text: json.GetString()),
        JsonValueKind.Number => new AttributeValue(Number: json.GetDouble()),
        JsonValueKind.True or JsonValueKind.False => new AttributeValue(Flag: json.GetBoolean()),
        _ => null,
    };
}

/// <summary>An <see cref="AttributeValue"/> as the JSON scalar that it is.</summary>
public sealed class AttributeValueConverter : JsonConverter<AttributeValue>
{
    /// <inheritdoc/>
    public override AttributeValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return AttributeValue.Of(document.RootElement) ?? throw new JsonException("An attribute's value must be a string, a number, true or false.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, AttributeValue value, JsonSerializerOptions options)
    {
        if (value.Text is { } text)
        {
            writer.WriteStringValue(text);
        }
        else if (value.Number is { } number)
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteBooleanValue(value.Flag ?? false);
        }
    }
}
