using System.Runtime.CompilerServices;

namespace SasRec.Trainer.Files;

/// <summary>A window over a stream of bytes, moved line by line; lines may be looked at ahead of where they are taken.</summary>
/// <param name="stream">The bytes; a byte order mark at their start is skipped.</param>
/// <param name="newline">What ends a line: a line feed, or a carriage return alone in files of old.</param>
sealed class LineBuffer(Stream stream, byte newline)
{
    /// <summary>The longest record in bytes.</summary>
    public const int MaxRecord = 1 << 20;

    readonly byte[] bytes = new byte[1 << 22];
    int start, end;
    bool begun, ended;

    /// <summary>What ends a line.</summary>
    public byte Newline => newline;

    /// <summary>What is known from the current place on.</summary>
    public ReadOnlySpan<byte> Known => bytes.AsSpan(start, end - start);

    /// <summary>Whether <see cref="Known"/> reaches to the end of the file.</summary>
    public bool IsLast => ended;

    /// <summary>The length of the next line, without its end; -1 where the line is longer than a record may be. At the end of the file 0.</summary>
    /// <param name="from">Where in <see cref="Known"/> the line begins.</param>
    /// <param name="taken">The length with its end.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int LineAt(int from, out int taken)
    {
        var at = bytes.AsSpan(start + from, end - start - from).IndexOf(newline);
        if (at < 0)
        {
            return SlowLineAt(from, out taken);
        }

        taken = at + 1;
        return Length(from, at);
    }

    int SlowLineAt(int from, out int taken)
    {
        var searched = from;
        while (true)
        {
            var at = Known[searched..].IndexOf(newline);
            if (at >= 0)
            {
                taken = searched - from + at + 1;
                return Length(from, searched - from + at);
            }

            searched = Known.Length;
            if (ended || Known.Length - from > MaxRecord)
            {
                taken = Known.Length - from;
                return ended && taken <= MaxRecord ? Length(from, taken) : -1;
            }

            Fill();
        }
    }

    int Length(int from, int at) => at > MaxRecord ? -1 : at > 0 && bytes[start + from + at - 1] == '\r' ? at - 1 : at;

    /// <summary>Moves on.</summary>
    public void Take(int count) => start += count;

    /// <summary>Takes the rest of a line that is too long.</summary>
    public void TakeLongLine()
    {
        while (true)
        {
            var at = Known.IndexOf(newline);
            if (at >= 0)
            {
                start += at + 1;
                return;
            }

            start = end;
            if (ended)
            {
                return;
            }

            Fill();
        }
    }

    /// <summary>Reads more, as long as there is some.</summary>
    public void Fill()
    {
        if (start > 0)
        {
            Known.CopyTo(bytes);
            (start, end) = (0, end - start);
        }

        var read = stream.Read(bytes, end, bytes.Length - end);
        ended = read == 0;
        end += read;
        if (!begun && (end >= 3 || ended))
        {
            begun = true;
            start = Known.StartsWith(System.Text.Encoding.UTF8.Preamble) ? 3 : 0;
        }
    }
}
