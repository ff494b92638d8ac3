using System.Buffers;

namespace SasRec.Trainer.Files;

/// <summary>Cuts a text into JSON objects: one a line, the elements of an array, or one after the other over several lines.</summary>
/// <remarks>
/// A broken object costs what belongs to it and nothing more. An object ends early where another begins that can be no part of it, since no
/// colon or bracket is before it; a string ends with its line; and what stands between objects is skipped up to the next one.
/// </remarks>
/// <param name="lines">The text.</param>
/// <param name="byLine">Whether each line is an object.</param>
sealed class JsonObjects(LineBuffer lines, bool byLine)
{
    const int MaxObject = 1 << 26;

    readonly ArrayBufferWriter<byte> text = new();
    readonly Stack<byte> open = new(); // what closes each object and array that is open
    byte before; // the last byte outside of strings that is no blank
    bool inString, isEscaped;
    int began;

    /// <summary>How many lines were read.</summary>
    public long Lines { get; private set; }

    /// <summary>Blank lines between objects.</summary>
    public long OtherLines { get; private set; }

    /// <summary>The line on which the current object begins.</summary>
    public long Line { get; private set; }

    /// <summary>The next object's text; null at the end.</summary>
    /// <param name="wrong">What is wrong with it; then its text is empty, and reading goes on behind it.</param>
    public ReadOnlyMemory<byte>? Next(out string? wrong)
    {
        text.ResetWrittenCount();
        open.Clear();
        (inString, isEscaped) = (false, false);
        return byLine ? NextLine(out wrong) : NextObject(out wrong);
    }

    ReadOnlyMemory<byte>? NextLine(out string? wrong)
    {
        wrong = null;
        while (true)
        {
            var length = lines.LineAt(0, out var taken);
            if (taken == 0)
            {
                return null;
            }

            Line = ++Lines;
            if (length < 0)
            {
                lines.TakeLongLine();
                wrong = $"the line is longer than {LineBuffer.MaxRecord:N0} bytes";
                return ReadOnlyMemory<byte>.Empty;
            }

            text.Write(lines.Known[..length]);
            lines.Take(taken);
            if (!text.WrittenSpan.Trim(" \t\r"u8).IsEmpty)
            {
                return text.WrittenMemory;
            }

            OtherLines++;
            text.ResetWrittenCount();
        }
    }

    ReadOnlyMemory<byte>? NextObject(out string? wrong)
    {
        while (true)
        {
            // An array often stands on one line, however long: it is taken piece by piece.
            var length = lines.LineAt(0, out var taken);
            if (taken == 0)
            {
                wrong = open.Count > 0 ? "the object is not closed" : null;
                return open.Count > 0 ? ReadOnlyMemory<byte>.Empty : (ReadOnlyMemory<byte>?)null;
            }

            var isWhole = length >= 0;
            var line = isWhole ? lines.Known[..length] : lines.Known;
            taken = isWhole ? taken : line.Length;
            if (Scan(line, out var used, out wrong))
            {
                if (used < line.Length)
                {
                    lines.Take(used);
                }
                else
                {
                    TakeLine(taken, isWhole);
                }

                return wrong is null ? text.WrittenMemory : ReadOnlyMemory<byte>.Empty;
            }

            if (open.Count > 0)
            {
                text.Write(line[began..]);
                text.Write(isWhole ? "\n"u8 : default);
            }

            began = 0;
            TakeLine(taken, isWhole);
            wrong = inString && isWhole ? "a string is not closed" : text.WrittenCount > MaxObject ? $"the object is longer than {MaxObject >> 20} MiB" : null;
            if (wrong is not null)
            {
                return ReadOnlyMemory<byte>.Empty;
            }
        }
    }

    void TakeLine(int taken, bool isWhole)
    {
        lines.Take(taken);
        Lines += isWhole ? 1 : 0;
    }

    /// <summary>Looks for the end of an object in a line.</summary>
    /// <param name="line">The rest of a line, or a part of a long one.</param>
    /// <param name="used">How much of it belongs to what ended.</param>
    /// <param name="wrong">What is wrong with the object that ended; null where nothing is, and its text is complete.</param>
    /// <returns>Whether one ended.</returns>
    bool Scan(ReadOnlySpan<byte> line, out int used, out string? wrong)
    {
        for (var at = 0; at < line.Length; at++)
        {
            var letter = line[at];
            if (inString)
            {
                (inString, isEscaped) = (isEscaped || letter != '"', !isEscaped && letter == '\\');
                continue;
            }

            if (letter is (byte)' ' or (byte)'\t' or (byte)'\r')
            {
                continue;
            }

            if (open.Count == 0)
            {
                if (letter == '{')
                {
                    (Line, began) = (Lines + 1, at);
                    open.Push((byte)'}');
                }
                else if (letter is not ((byte)'[' or (byte)']' or (byte)','))
                {
                    Line = Lines + 1;
                    var next = line[at..].IndexOf((byte)'{');
                    (used, wrong) = (next < 0 ? line.Length : at + next, $"found '{(char)letter}' where a JSON object must begin");
                    return true;
                }
            }
            else if (letter == '"')
            {
                inString = true;
            }
            else if (letter == '{' && open.Peek() == '}' && before != ':')
            {
                (used, wrong) = (at, "the object is not closed before the next begins");
                return true;
            }
            else if (letter is (byte)'{' or (byte)'[')
            {
                open.Push(letter == '{' ? (byte)'}' : (byte)']');
            }
            else if (letter is (byte)'}' or (byte)']')
            {
                if (open.Pop() != letter)
                {
                    (used, wrong) = (at + 1, $"found '{(char)letter}', which closes nothing that is open");
                    return true;
                }

                if (open.Count == 0)
                {
                    text.Write(line[began..(at + 1)]);
                    (used, wrong) = (at + 1, null);
                    return true;
                }
            }

            before = letter;
        }

        (used, wrong) = (line.Length, null);
        return false;
    }
}
