using System.Text.Json;
using static SasRec.Functions.Http.StrictJson;

namespace SasRec.Functions.Http;

/// <summary>Reads a body that is one object with one list, such as <c>{"events": [...]}</c>, straight from UTF-8.</summary>
static class JsonList
{
    /// <summary>Reads one element and leaves the reader on its last token; what is wrong is reported and read as null.</summary>
    public delegate T? Element<T>(ref Utf8JsonReader reader, Place place);

    /// <summary>The elements, or nothing where anything at all was wrong.</summary>
    /// <param name="body">The request's body.</param>
    /// <param name="name">The name of the list, which is also what its elements are called.</param>
    /// <param name="max">The maximum number of elements.</param>
    /// <param name="errors">Receives every bad field.</param>
    /// <param name="read">Reads one element.</param>
    public static List<T> Read<T>(ReadOnlySpan<byte> body, string name, int max, RequestErrors errors, Element<T> read)
        where T : class
    {
        var envelope = new ObjectFields(1, name);
        var range = $"an array of 1 to {max} {name}";
        var elements = new List<T>();
        Parse(body, errors, (ref Utf8JsonReader reader) =>
        {
            if (!envelope.Enter(ref reader, "body", errors))
            {
                return;
            }

            var seen = 0u;
            while (envelope.Next(ref reader, ref seen, default, errors) >= 0)
            {
                Elements(ref reader);
            }

            if (seen == 0)
            {
                errors.Add(name, null, range);
            }
        });
        return errors.Any ? [] : elements;

        void Elements(ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                errors.Add(name, Found(ref reader), range);
                return;
            }

            var count = 0;
            for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
            {
                if (count >= max)
                {
                    reader.Skip();
                }
                else if (read(ref reader, new Place(name, count)) is { } element)
                {
                    elements.Add(element);
                }
            }

            if (count == 0 || count > max)
            {
                errors.Add(name, $"{count} {name}", range);
            }
        }
    }
}
