using System.Globalization;
using System.Text;

namespace Azure.Data.Tables.Wire;

/// <summary>Splits the service's answer to a transaction into one response for each action.</summary>
static class TransactionReply
{
    /// <param name="body">The whole multipart body: a batch that holds a change set that holds HTTP responses.</param>
    /// <exception cref="FormatException">It is not that.</exception>
    public static IReadOnlyList<PartResponse> Parse(ReadOnlyMemory<byte> body)
    {
        var text = body.Span;
        var at = text.IndexOf("boundary="u8);
        if (at < 0)
        {
            var found = Encoding.UTF8.GetString(text[..Math.Min(200, text.Length)]);
            throw new FormatException($"The answer to the transaction has no change set: {found}");
        }

        var rest = text[(at + "boundary="u8.Length)..];
        var boundary = (ReadOnlySpan<byte>)[.. "--"u8, .. rest[..rest.IndexOfAny("\r\n"u8)].Trim((byte)'"')];
        var parts = new List<PartResponse>();
        var start = Next(text, at, boundary);
        while (start >= 0 && !text[start..].StartsWith("--"u8))
        {
            var end = text[start..].IndexOf(boundary);
            end = end < 0 ? text.Length : start + end;
            parts.Add(Part(body[start..end]));
            start = Next(text, end, boundary);
        }

        return parts;
    }

    static int Next(ReadOnlySpan<byte> text, int from, ReadOnlySpan<byte> boundary)
    {
        var at = text[from..].IndexOf(boundary);
        return at < 0 ? -1 : from + at + boundary.Length;
    }

    // MIME headers, an empty line, status line, headers, an empty line, body.
    static PartResponse Part(ReadOnlyMemory<byte> part)
    {
        var text = part.Span;
        var status = text.IndexOf("HTTP/1.1 "u8);
        if (status < 0 || !int.TryParse(text.Slice(status + 9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            throw new FormatException($"A part of the answer to the transaction is no HTTP response: {Encoding.UTF8.GetString(text)}");
        }

        var head = text[status..].IndexOf("\r\n\r\n"u8);
        return head < 0
            ? new PartResponse(code, part[status..], default)
            : new PartResponse(code, part.Slice(status, head), part[(status + head + 4)..]);
    }
}
