using System.Text;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.ReadLog;

/// <summary>Reads UTF-8 lines one by one into one buffer, counting lines and bytes; refuses broken UTF-8 where it stands.</summary>
/// <param name="stream">The text; a byte order mark at its start is skipped.</param>
sealed class LineReader(Stream stream)
{
    const int LongestLine = 1 << 20;

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    readonly byte[] bytes = new byte[LongestLine];
    char[] text = new char[1024];
    int start, end, length;
    bool ended;

    /// <summary>The current line, without its line break; several where they were joined.</summary>
    public ReadOnlySpan<char> Text => text.AsSpan(0, length);

    /// <summary>The number of the line read last, 1 for the first.</summary>
    public long Number { get; private set; }

    /// <summary>How many bytes were consumed.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Moves to the next line.</summary>
    /// <param name="join">Whether the line is added to the current one, after a line feed.</param>
    /// <returns>Whether there was one.</returns>
    public bool Next(bool join = false)
    {
        var newline = Find();
        if (newline < 0 && start == end)
        {
            return false;
        }

        var line = bytes.AsSpan(start, (newline < 0 ? end : newline) - start);
        var taken = line.Length + (newline < 0 ? 0 : 1);
        Number++;
        if (Number == 1 && line.StartsWith(Encoding.UTF8.Preamble))
        {
            line = line[Encoding.UTF8.Preamble.Length..];
        }

        Decode(line.EndsWith("\r"u8) ? line[..^1] : line, join);
        start += taken;
        BytesRead += taken;
        return true;
    }

    /// <summary>Where the next line feed stands; -1 where the text ends without one.</summary>
    int Find()
    {
        var searched = start;
        while (true)
        {
            var at = bytes.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                return searched + at;
            }

            searched = end - start;
            bytes.AsSpan(start, end - start).CopyTo(bytes);
            (start, end) = (0, end - start);
            if (ended)
            {
                return -1;
            }

            if (end == bytes.Length)
            {
                throw UserError.AtLine(Number + 1, $"the line is longer than {LongestLine:N0} bytes");
            }

            var read = stream.Read(bytes, end, bytes.Length - end);
            ended = read == 0;
            end += read;
        }
    }

    void Decode(ReadOnlySpan<byte> line, bool join)
    {
        var kept = join ? length + 1 : 0;
        if (text.Length < kept + line.Length)
        {
            Array.Resize(ref text, Math.Max(2 * text.Length, kept + line.Length));
        }

        if (join)
        {
            text[kept - 1] = '\n';
        }

        try
        {
            length = kept + Strict.GetChars(line, text.AsSpan(kept));
        }
        catch (DecoderFallbackException e)
        {
            throw UserError.AtLine(Number, $"byte 0x{e.BytesUnknown?.FirstOrDefault():X2} is not UTF-8; save the file as UTF-8", e);
        }
    }
}
