using System.Text;
using System.Text.Json;
using static SasRec.Functions.Http.StrictJson;

namespace SasRec.Functions.Http;

/// <summary>The fields that an object may have; the first <paramref name="required"/> of them it must have.</summary>
/// <param name="required">How many, counted from the first, may be neither absent nor null.</param>
/// <param name="names">The names, at most 31, the most frequent ones first.</param>
sealed class ObjectFields(int required, params string[] names)
{
    readonly byte[][] utf8 = [.. names.Select(Encoding.UTF8.GetBytes)];
    readonly string known = string.Join(", ", names);

    public string this[int field] => names[field];

    /// <summary>Enters an object; anything else is reported and skipped.</summary>
    public bool Enter(ref Utf8JsonReader reader, string field, RequestErrors errors)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            return true;
        }

        errors.Add(field, reader.TokenType == JsonTokenType.None ? null : Found(ref reader), $"an object with the fields {known}");
        return false;
    }

    /// <summary>Moves to the value of the next field and returns its number; at the object's end, -1.</summary>
    /// <remarks>Unknown, doubled and missing fields are reported; an optional field that is null counts as absent.</remarks>
    public int Next(ref Utf8JsonReader reader, ref uint seen, Place place, RequestErrors errors)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = Find(ref reader);
            if (field < 0)
            {
                var name = errors.Echo(Text(ref reader) ?? Raw(reader));
                reader.Read();
                errors.Add(place.Of(name), Found(ref reader), $"absent: the fields are {known}");
                continue;
            }

            if ((seen & (1u << field)) != 0)
            {
                errors.Add(place.Of(names[field]), "given again", "given once");
            }

            seen |= 1u << field;
            reader.Read();
            if (field < required || reader.TokenType != JsonTokenType.Null)
            {
                return field;
            }
        }

        return -1;
    }

    /// <summary>Whether a required field has not been seen.</summary>
    public bool Missing(int field, uint seen) => field < required && (seen & (1u << field)) == 0;

    int Find(ref Utf8JsonReader reader)
    {
        // An escaped name may hold half a surrogate pair, with which nothing can be compared.
        if (reader.ValueIsEscaped)
        {
            return Array.IndexOf(names, Text(ref reader));
        }

        for (var i = 0; i < utf8.Length; i++)
        {
            if (reader.ValueTextEquals(utf8[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
