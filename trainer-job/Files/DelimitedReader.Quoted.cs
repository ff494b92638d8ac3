using System.Buffers;
using System.Text;

namespace SasRec.Trainer.Files;

// Fields in quotes, which may go on over lines.
sealed partial class DelimitedReader
{
    RecordState SplitQuoted(int firstLine)
    {
        unquoted.ResetWrittenCount();
        var (at, extra, firstTaken, lineEnd) = (0, 0L, taken, firstLine);
        while (true)
        {
            var open = at;
            while (open < lineEnd && lines.Known[open] == ' ')
            {
                open++;
            }

            if (open < lineEnd && lines.Known[open] == '"')
            {
                if (Quoted(ref open, ref extra, ref lineEnd) is { } wrong)
                {
                    if (delimiter.HasMultiline)
                    {
                        taken = firstTaken;
                        return Bad(wrong);
                    }

                    at = Plain(at, lineEnd);
                }
                else
                {
                    at = open;
                }
            }
            else
            {
                at = Plain(at, lineEnd);
            }

            if (at >= lineEnd)
            {
                Lines += extra;
                OtherLines += extra;
                return Counted();
            }

            at += divider.Length;
        }
    }

    /// <summary>Takes a field without quotes; returns where it ends.</summary>
    int Plain(int at, int lineEnd)
    {
        var length = lines.Known[at..lineEnd].IndexOf(divider);
        length = length < 0 ? lineEnd - at : length;
        Add(at, length);
        return at + length;
    }

    /// <summary>Takes a field in quotes, which may go on over several lines.</summary>
    string? Quoted(ref int at, ref long extra, ref int lineEnd)
    {
        var written = unquoted.WrittenCount;
        var from = ++at;
        var more = 0L;
        var end = lineEnd;
        while (true)
        {
            var quote = lines.Known[from..end].IndexOf((byte)'"');
            if (quote < 0)
            {
                // The field goes on in the next line, whose break is part of it.
                unquoted.Write(lines.Known[from..end]);
                unquoted.Write("\n"u8);
                if (!delimiter.HasMultiline || !NextLine(ref from, ref end))
                {
                    Unwrite(written);
                    return "a quote is not closed";
                }

                more++;
                continue;
            }

            unquoted.Write(lines.Known.Slice(from, quote));
            from += quote + 1;
            if (from < end && lines.Known[from] == '"')
            {
                unquoted.Write("\""u8);
                from++;
                continue;
            }

            var rest = from;
            while (rest < end && lines.Known[rest] == ' ')
            {
                rest++;
            }

            if (rest < end && !lines.Known[rest..end].StartsWith(divider))
            {
                var found = Rune.DecodeFromUtf8(lines.Known[rest..end], out var rune, out _) == OperationStatus.Done ? rune.ToString() : "a byte that is not UTF-8";
                Unwrite(written);
                return $"after a closing quote comes '{found}'; {delimiter.Name} must follow";
            }

            Add(~written, unquoted.WrittenCount - written);
            (at, extra, lineEnd) = (rest, extra + more, end);
            return null;
        }
    }

    /// <summary>Adds the next line to the record.</summary>
    bool NextLine(ref int from, ref int end)
    {
        var next = taken;
        var length = lines.LineAt(next, out var more);
        if (more == 0 || length < 0 || next + length > LineBuffer.MaxRecord)
        {
            return false;
        }

        taken += more;
        (from, end) = (next, next + length);
        return true;
    }

    void Unwrite(int written)
    {
        var kept = unquoted.WrittenSpan[..written].ToArray();
        unquoted.ResetWrittenCount();
        unquoted.Write(kept);
    }
}
