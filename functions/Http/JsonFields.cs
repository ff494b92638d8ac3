using System.Globalization;
using System.Text;
using System.Text.Json;
using SasRec.Core.Events;
using static SasRec.Functions.Http.StrictJson;

namespace SasRec.Functions.Http;

/// <summary>Reads one field's value; what is out of range is reported and read as null.</summary>
static class JsonFields
{
    public static readonly string IdRange = $"a string of 1 to {Interaction.MaxIdLength} UTF-16 code units of well-formed Unicode";
    public static readonly string LabelRange = $"a string of 1 to {Interaction.MaxLabelLength} UTF-16 code units of well-formed Unicode";

    public static string? Id(ref Utf8JsonReader reader, string field, Place place, RequestErrors errors) =>
        String(ref reader, field, place, Interaction.MaxIdLength, IdRange, errors);

    public static string? Label(ref Utf8JsonReader reader, string field, Place place, RequestErrors errors) =>
        String(ref reader, field, place, Interaction.MaxLabelLength, LabelRange, errors);

    /// <summary>An RFC 3339 time with its offset: without one it would mean a different moment on every machine.</summary>
    public static DateTimeOffset? Timestamp(ref Utf8JsonReader reader, string field, Place place, DateTimeOffset now, RequestErrors errors)
    {
        return Time(ref reader, field, place, InteractionRules.EarliestTimestamp, now + InteractionRules.ClockSkew, errors);
    }

    /// <summary>An RFC 3339 time with its offset, within a range.</summary>
    public static DateTimeOffset? Time(
        ref Utf8JsonReader reader, string field, Place place, DateTimeOffset earliest, DateTimeOffset latest, RequestErrors errors)
    {
        if (reader.TokenType == JsonTokenType.String
            && HasOffset(reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(Text(ref reader) ?? "") : reader.ValueSpan)
            && reader.TryGetDateTimeOffset(out var time)
            && time >= earliest
            && time <= latest)
        {
            return time.ToUniversalTime();
        }

        errors.Add(place.Of(field), Found(ref reader), $"an RFC 3339 time with offset, {Shown(earliest)} to {Shown(latest)}");
        return null;

        static bool HasOffset(ReadOnlySpan<byte> text) =>
            text.Length >= "2000-01-01T00:00Z".Length && (text[^1] == 'Z' || text[^6] is (byte)'+' or (byte)'-');

        static string Shown(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }

    public static double? Number(
        ref Utf8JsonReader reader, string field, Place place, Func<double, bool> allowed, string range, RequestErrors errors)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && allowed(number))
        {
            return number;
        }

        errors.Add(place.Of(field), Found(ref reader), range);
        return null;
    }

    public static long? Integer(
        ref Utf8JsonReader reader, string field, Place place, long least, long most, RequestErrors errors)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number >= least && number <= most)
        {
            return number;
        }

        errors.Add(place.Of(field), Found(ref reader), $"an integer, {least} to {most}");
        return null;
    }

    public static bool? Boolean(ref Utf8JsonReader reader, string field, Place place, RequestErrors errors)
    {
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False)
        {
            return reader.GetBoolean();
        }

        errors.Add(place.Of(field), Found(ref reader), "true or false");
        return null;
    }

    /// <summary>A list of ids; each bad one is named by its index.</summary>
    public static IReadOnlyList<string>? Ids(ref Utf8JsonReader reader, string field, int most, RequestErrors errors) =>
        List(ref reader, field, most, "ids", Interaction.MaxIdLength, IdRange, errors);

    /// <summary>A list of labels; each bad one is named by its index.</summary>
    public static IReadOnlyList<string>? Labels(ref Utf8JsonReader reader, string field, int most, RequestErrors errors) =>
        List(ref reader, field, most, "labels", Interaction.MaxLabelLength, LabelRange, errors);

    static List<string>? List(
        ref Utf8JsonReader reader, string field, int most, string what, int maxLength, string range, RequestErrors errors)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            errors.Add(field, Found(ref reader), $"an array of 0 to {most} {what}");
            return null;
        }

        var values = new List<string>();
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count < most && String(ref reader, "", new Place(field, count), maxLength, range, errors) is { } value)
            {
                values.Add(value);
            }
            else if (count >= most)
            {
                reader.Skip();
            }

            count++;
        }

        if (count > most)
        {
            errors.Add(field, $"{count} {what}", $"an array of 0 to {most} {what}");
        }

        return values;
    }

    /// <summary>A string of at least one UTF-16 code unit.</summary>
    public static string? String(ref Utf8JsonReader reader, string field, Place place, int maxLength, string range, RequestErrors errors)
    {
        // No UTF-16 code unit takes more than the six bytes of \uXXXX, so a longer value needs no decoding to be refused.
        if (reader.TokenType == JsonTokenType.String
            && reader.ValueSpan.Length <= maxLength * 6
            && Text(ref reader) is { Length: > 0 } text
            && text.Length <= maxLength)
        {
            return text;
        }

        errors.Add(place.Of(field), Found(ref reader), range);
        return null;
    }
}
