using System.Text;

namespace SasRec.Trainer.ReadLog;

/// <summary>Splits a CSV record (RFC 4180): commas, fields in double quotes, quotes within doubled, line breaks within.</summary>
static class CsvFields
{
    /// <summary>Whether a record goes on in the next line because a quote is still open.</summary>
    public static bool IsOpen(ReadOnlySpan<char> record) => record.Count('"') % 2 != 0;

    /// <summary>Splits a record.</summary>
    /// <param name="record">The text of a whole record.</param>
    /// <param name="fields">Filled.</param>
    /// <returns>What is wrong with the record; null if nothing is.</returns>
    public static string? Split(ReadOnlySpan<char> record, List<string> fields)
    {
        fields.Clear();
        while (true)
        {
            string? wrong = null;
            var field = record.TrimStart(' ') is ['"', ..] quoted ? Quoted(quoted[1..], out record, out wrong) : Plain(ref record);
            if (wrong is not null)
            {
                return wrong;
            }

            fields.Add(field);
            if (record.IsEmpty)
            {
                return null;
            }

            record = record[1..];
        }
    }

    static string Plain(ref ReadOnlySpan<char> record)
    {
        var comma = record.IndexOf(',');
        var field = comma < 0 ? record : record[..comma];
        record = record[field.Length..];
        return field.ToString();
    }

    static string Quoted(ReadOnlySpan<char> text, out ReadOnlySpan<char> rest, out string? wrong)
    {
        var field = new StringBuilder();
        while (true)
        {
            var quote = text.IndexOf('"');
            if (quote < 0)
            {
                rest = default;
                wrong = "a quote is not closed";
                return "";
            }

            field.Append(text[..quote]);
            text = text[(quote + 1)..];
            if (text is not ['"', ..])
            {
                break;
            }

            field.Append('"');
            text = text[1..];
        }

        rest = text.TrimStart(' ');
        wrong = rest is [] or [',', ..] ? null : $"after a closing quote comes '{rest[0]}'; a comma must follow";
        return field.ToString();
    }
}
