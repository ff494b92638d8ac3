using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Azure.Data.Tables.Entities;

/// <summary>Reads a value at the reader's position.</summary>
delegate T ReadValue<out T>(ref Utf8JsonReader reader);

/// <summary>How a .NET type lies on the wire.</summary>
/// <param name="Annotation">The value of <c>@odata.type</c>; null where JSON says the type itself (string, bool, int).</param>
/// <param name="Write">Writes a value that is not null.</param>
/// <param name="Read">Reads a value that is not null.</param>
sealed record EdmType<T>(string? Annotation, Action<Utf8JsonWriter, T> Write, ReadValue<T> Read);

/// <summary>The types that the table service stores.</summary>
static class Edm
{
    public const string Binary = "Edm.Binary";
    public const string Date = "Edm.DateTime";
    public const string Double = "Edm.Double";
    public const string Guid = "Edm.Guid";
    public const string Int64 = "Edm.Int64";

    static readonly Dictionary<Type, object> Types = new()
    {
        [typeof(string)] = new EdmType<string>(null, (w, v) => w.WriteStringValue(v), (ref r) => r.GetString()!),
        [typeof(bool)] = new EdmType<bool>(null, (w, v) => w.WriteBooleanValue(v), (ref r) => r.GetBoolean()),
        [typeof(int)] = new EdmType<int>(null, (w, v) => w.WriteNumberValue(v), (ref r) => r.GetInt32()),
        [typeof(long)] = new EdmType<long>(Int64, WriteInt64, ReadInt64),
        [typeof(double)] = new EdmType<double>(Double, WriteDouble, ReadDouble),
        [typeof(Guid)] = new EdmType<Guid>(Guid, (w, v) => w.WriteStringValue(v), (ref r) => r.GetGuid()),
        [typeof(DateTimeOffset)] = new EdmType<DateTimeOffset>(Date, WriteDate, ReadDate),
        [typeof(DateTime)] = new EdmType<DateTime>(Date, WriteDate, (ref r) => ReadDate(ref r).UtcDateTime),
        [typeof(byte[])] = new EdmType<byte[]>(Binary, (w, v) => w.WriteBase64StringValue(v), (ref r) => r.GetBytesFromBase64()),
        [typeof(BinaryData)] = new EdmType<BinaryData>(
            Binary, (w, v) => w.WriteBase64StringValue(v), (ref r) => BinaryData.FromBytes(r.GetBytesFromBase64())),
    };

    /// <summary>The wire form of a type; null if the service has none for it.</summary>
    public static EdmType<T>? Find<T>() => (EdmType<T>?)Types.GetValueOrDefault(typeof(T));

    /// <summary>An enumeration travels by the names of its members.</summary>
    public static EdmType<T> Enumeration<T>() where T : struct, Enum =>
        new(null, (w, v) => w.WriteStringValue(v.ToString()), (ref r) => Enum.Parse<T>(r.GetString()!));

    /// <summary>The same type where null stands for an absent property.</summary>
    public static EdmType<T?> Nullable<T>(EdmType<T> type) where T : struct =>
        new(type.Annotation, (w, v) => type.Write(w, v!.Value), (ref r) => type.Read(ref r));

    /// <summary>A 64-bit integer travels as a string, for JSON readers whose numbers are doubles.</summary>
    public static void WriteInt64(Utf8JsonWriter writer, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var length);
        writer.WriteStringValue(digits[..length]);
    }

    /// <exception cref="ArgumentException">The value is infinite, which the client does not send.</exception>
    public static void WriteDouble(Utf8JsonWriter writer, double value)
    {
        if (double.IsNaN(value))
        {
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            writer.WriteNumberValue(value);
        }
    }

    /// <exception cref="NotSupportedException">The time is not in UTC, so it is not known which moment is meant.</exception>
    public static void WriteDate(Utf8JsonWriter writer, DateTime value) =>
        WriteDate(writer, value.Kind == DateTimeKind.Utc
            ? new DateTimeOffset(value)
            : throw new NotSupportedException($"DateTime {value:O} is {value.Kind}: the table service takes UTC alone."));

    public static void WriteDate(Utf8JsonWriter writer, DateTimeOffset value)
    {
        Span<byte> text = stackalloc byte[33];
        Utf8Formatter.TryFormat(value.UtcDateTime, text, out var length, 'O');
        writer.WriteStringValue(text[..length]);
    }

    public static DateTimeOffset ParseDate(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    static long ReadInt64(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number ? reader.GetInt64() : long.Parse(reader.GetString()!, CultureInfo.InvariantCulture);

    static double ReadDouble(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number ? reader.GetDouble() : double.Parse(reader.GetString()!, CultureInfo.InvariantCulture);

    static DateTimeOffset ReadDate(ref Utf8JsonReader reader) => ParseDate(reader.GetString()!);
}
