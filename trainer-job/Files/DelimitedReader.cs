using System.Buffers;
using System.Text;

namespace SasRec.Trainer.Files;

/// <summary>Splits lines into fields: RFC 4180 with any delimiter, or fields divided by <c>::</c> or by blanks.</summary>
/// <remarks>
/// A quote opens a field only where the field begins; anywhere else it is a character like others. A quote that is not closed, or closed in
/// the middle of a field, makes a bad record of its line alone: reading goes on with the next line, so that one stray quote costs one line,
/// and time grows with the size of the file alone.
/// </remarks>
/// <param name="lines">The text.</param>
/// <param name="delimiter">What divides fields.</param>
/// <param name="columns">How many fields a record must have; 0 for any number.</param>
sealed partial class DelimitedReader(LineBuffer lines, Delimiter delimiter, int columns) : RecordReader
{
    readonly byte[] divider = Encoding.UTF8.GetBytes(delimiter.Text);
    readonly ArrayBufferWriter<byte> unquoted = new();
    int[] starts = new int[16], lengths = new int[16];
    int count, taken;
    byte[]? header;

    public override int FieldCount => count;

    /// <summary>The text of the current record, with its line ends.</summary>
    public ReadOnlySpan<byte> Raw => lines.Known[..taken];

    /// <summary>Takes the current record for the header: copies of it are left out.</summary>
    public void TakeHeader()
    {
        header = Raw.TrimEnd("\r\n"u8).ToArray();
        OtherLines++;
    }

    /// <summary>Counts lines that are neither header nor data.</summary>
    public void SkipLines(int number)
    {
        for (var i = 0; i < number; i++)
        {
            lines.LineAt(0, out var length);
            lines.Take(length);
            Lines++;
            OtherLines++;
        }
    }

    /// <summary>A field: a part of the line, or what its quotes enclose.</summary>
    public override ReadOnlySpan<byte> Field(int column) => column >= count ? default
        : starts[column] >= 0 ? lines.Known.Slice(starts[column], lengths[column])
        : unquoted.WrittenSpan.Slice(~starts[column], lengths[column]);

    public override RecordState Next()
    {
        while (true)
        {
            lines.Take(taken);
            taken = count = 0;
            var length = lines.LineAt(0, out taken);
            if (taken == 0)
            {
                return RecordState.End;
            }

            Line = ++Lines;
            if (length < 0)
            {
                lines.TakeLongLine();
                taken = 0;
                return Bad($"the line is longer than {LineBuffer.MaxRecord:N0} bytes");
            }

            var line = lines.Known[..length];
            if (IsBlank(line))
            {
                OtherLines++;
                continue;
            }

            if (header is not null && line.SequenceEqual(header))
            {
                OtherLines++;
                RepeatedHeaders++;
                continue;
            }

            return delimiter.IsBlanks ? SplitBlanks(line)
                : delimiter.HasQuotes && line.Contains((byte)'"') ? SplitQuoted(length)
                : SplitPlain(line);
        }
    }

    static bool IsBlank(ReadOnlySpan<byte> line) => line.IsEmpty || (line[0] <= ' ' && !line.ContainsAnyExcept((byte)' ', (byte)'\t', (byte)'\r'));

    RecordState SplitPlain(ReadOnlySpan<byte> line)
    {
        var from = 0;
        if (divider.Length == 1)
        {
            var one = divider[0];
            while (true)
            {
                var at = line[from..].IndexOf(one);
                if (at < 0)
                {
                    break;
                }

                Add(from, at);
                from += at + 1;
            }
        }
        else
        {
            for (int at; (at = line[from..].IndexOf(divider)) >= 0; from += at + divider.Length)
            {
                Add(from, at);
            }
        }

        Add(from, line.Length - from);
        return Counted();
    }

    RecordState SplitBlanks(ReadOnlySpan<byte> line)
    {
        var from = 0;
        while (true)
        {
            var gap = line[from..].IndexOfAnyExcept((byte)' ', (byte)'\t');
            if (gap < 0)
            {
                return Counted();
            }

            from += gap;
            var length = line[from..].IndexOfAny((byte)' ', (byte)'\t');
            length = length < 0 ? line.Length - from : length;
            Add(from, length);
            from += length;
        }
    }

    void Add(int start, int length)
    {
        if (count == starts.Length)
        {
            Array.Resize(ref starts, 2 * count);
            Array.Resize(ref lengths, 2 * count);
        }

        (starts[count], lengths[count]) = (start, length);
        count++;
    }

    RecordState Counted()
    {
        if (columns > 0 && count != columns && !IsPadded())
        {
            return Bad($"found {count} fields; there must be {columns}");
        }

        return RecordState.Record;
    }

    /// <summary>Whether all fields beyond the expected ones are empty: a delimiter at the end of each line.</summary>
    bool IsPadded()
    {
        for (var column = columns; column < count; column++)
        {
            if (lengths[column] > 0)
            {
                return false;
            }
        }

        return count > columns;
    }

    public override void Dispose()
    {
        // Whoever opened the lines closes them.
    }

    RecordState Bad(string wrong)
    {
        Wrong = wrong;
        return RecordState.Bad;
    }
}
