using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace SasRec.Functions.Http;

/// <summary>Reads a request body as exactly the JSON that the API documents: nothing unknown, doubled, or quietly converted.</summary>
static class StrictJson
{
    /// <summary>Reads the value on which the reader stands and leaves the reader on its last token.</summary>
    public delegate void Visitor(ref Utf8JsonReader reader);

    /// <summary>Walks a body; encoding and syntax errors are reported with the position of the first bad byte, counted from 0.</summary>
    public static void Parse(ReadOnlySpan<byte> body, RequestErrors errors, Visitor visit)
    {
        if (errors.Any)
        {
            return;
        }

        if (IndexOfInvalidUtf8(body) is var bad and >= 0)
        {
            errors.Add("body", $"0x{body[bad]:X2} at byte {Position(bad)}", "UTF-8");
            return;
        }

        var reader = new Utf8JsonReader(body);
        try
        {
            reader.Read();
            visit(ref reader);
            reader.Read(); // Refuses anything after the value.
        }
        catch (JsonException e)
        {
            var at = AbsolutePosition(body, e.LineNumber ?? 0, e.BytePositionInLine ?? 0);
            var what = e.Message.Split(" LineNumber:", 2)[0];
            errors.Add("body", $"{Printable(body, at)} at byte {Position(at)}", $"well-formed JSON ({what.TrimEnd('.')})");
        }
    }

    /// <summary>Where a field stands, as errors name it: "k", or "events[3].timestamp".</summary>
    public readonly record struct Place(string? List = null, int Index = 0)
    {
        public string Of(string field) => List is null ? field : field.Length == 0 ? $"{List}[{Index}]" : $"{List}[{Index}].{field}";
    }

    /// <summary>The property's name, whatever it holds.</summary>
    public static string Name(ref Utf8JsonReader reader) => Text(ref reader) ?? Raw(reader);

    /// <summary>The string on which the reader stands, or null where its escapes name half a surrogate pair.</summary>
    public static string? Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The value on which the reader stands as an error shows it; the reader moves to its last token.</summary>
    public static string Found(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                reader.Skip();
                return "an object";
            case JsonTokenType.StartArray:
                reader.Skip();
                return "an array";
            case JsonTokenType.String:
                return $"\"{Raw(reader)}\"";
            default:
                return Raw(reader);
        }
    }

    public static string Raw(in Utf8JsonReader reader)
    {
        const int enough = 400;
        return Encoding.UTF8.GetString(reader.ValueSpan.Length <= enough ? reader.ValueSpan : reader.ValueSpan[..enough]);
    }

    static int IndexOfInvalidUtf8(ReadOnlySpan<byte> body)
    {
        if (Utf8.IsValid(body))
        {
            return -1;
        }

        var at = 0;
        while (Rune.DecodeFromUtf8(body[at..], out _, out var consumed) == System.Buffers.OperationStatus.Done)
        {
            at += consumed;
        }

        return at;
    }

    static int AbsolutePosition(ReadOnlySpan<byte> body, long line, long inLine)
    {
        var start = 0;
        for (; line > 0; line--)
        {
            start += body[start..].IndexOf((byte)'\n') + 1;
        }

        return (int)Math.Min(start + inLine, body.Length);
    }

    static string Printable(ReadOnlySpan<byte> body, int at) =>
        at >= body.Length ? "the end" : body[at] is > 32 and < 127 ? $"'{(char)body[at]}'" : $"0x{body[at]:X2}";

    static string Position(int at) => at.ToString(CultureInfo.InvariantCulture);
}
