using System.Globalization;
using System.Text.Json;

namespace Azure.Data.Tables.Entities;

/// <summary>The codec of the dictionary form, where each value carries its own type.</summary>
sealed class TableEntityCodec : EntityCodec
{
    public override void Write(Utf8JsonWriter writer, ITableEntity entity)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in (TableEntity)entity)
        {
            if (value is not null && name is not (ETag or Timestamp))
            {
                Write(writer, name, value);
            }
        }

        writer.WriteEndObject();
    }

    public override ITableEntity Read(ref Utf8JsonReader reader)
    {
        var entity = new TableEntity();
        List<(string Name, string Type)>? annotations = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name.EndsWith(TypeSuffix, StringComparison.Ordinal))
            {
                (annotations ??= []).Add((name[..^TypeSuffix.Length], reader.GetString()!));
            }
            else if (name == ETag || !name.StartsWith("odata.", StringComparison.Ordinal))
            {
                entity[name] = ReadPlain(ref reader);
            }
        }

        foreach (var (name, type) in annotations ?? [])
        {
            entity.Retype(name, type, Typed);
        }

        // The service's own property comes without an annotation.
        entity.Retype(Timestamp, Edm.Date, Typed);
        return entity;
    }

    static void Write(Utf8JsonWriter writer, string name, object value)
    {
        switch (value)
        {
            case string text:
                writer.WriteString(name, text);
                break;
            case bool flag:
                writer.WriteBoolean(name, flag);
                break;
            case int number:
                writer.WriteNumber(name, number);
                break;
            case long number:
                Annotate(Edm.Int64);
                Edm.WriteInt64(writer, number);
                break;
            case double number:
                Annotate(Edm.Double);
                Edm.WriteDouble(writer, number);
                break;
            case Guid guid:
                Annotate(Edm.Guid);
                writer.WriteStringValue(guid);
                break;
            case DateTime date:
                Annotate(Edm.Date);
                Edm.WriteDate(writer, date);
                break;
            case DateTimeOffset date:
                Annotate(Edm.Date);
                Edm.WriteDate(writer, date);
                break;
            case byte[] bytes:
                Annotate(Edm.Binary);
                writer.WriteBase64StringValue(bytes);
                break;
            case BinaryData bytes:
                Annotate(Edm.Binary);
                writer.WriteBase64StringValue(bytes);
                break;
            default:
                throw new NotSupportedException($"Property {name} is of type {value.GetType()}, which the table service does not store.");
        }

        void Annotate(string type)
        {
            writer.WriteString(name + TypeSuffix, type);
            writer.WritePropertyName(name);
        }
    }

    // Each arm keeps its own type: object alone is common to them.
    static object? ReadPlain(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Number when reader.TryGetInt32(out var number) => number,
        JsonTokenType.Number when reader.TryGetInt64(out var number) => number,
        JsonTokenType.Number => reader.GetDouble(),
        JsonTokenType.String => reader.GetString(),
        _ => throw new JsonException($"An entity's property cannot be {reader.TokenType}."),
    };

    static object? Typed(object? value, string type) => (type, value) switch
    {
        (_, null) => null,
        (Edm.Binary, string text) => Convert.FromBase64String(text),
        (Edm.Date, string text) => Edm.ParseDate(text),
        (Edm.Guid, string text) => Guid.Parse(text),
        (Edm.Int64, _) => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        (Edm.Double, _) => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        _ => value,
    };
}
