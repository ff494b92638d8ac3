using System.Text;
using System.Text.Json;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Files;

/// <summary>Finds out how a file of interactions is laid out from its first lines.</summary>
/// <param name="path">The file.</param>
/// <param name="options">What the user says about it.</param>
sealed partial class LayoutRecognizer(string path, ReadOptions options)
{
    const int HeadBytes = 1 << 18, MaxSampled = 1000;
    const string Help = "lines 'user item', CSV with a header, JSON lines or Parquet";

    /// <summary>Recognises a file.</summary>
    /// <exception cref="UserError">It cannot be understood; the message says why and which option helps.</exception>
    public static FileLayout Recognize(string path, ReadOptions options)
    {
        using var bytes = FileBytes.Open(path, options.Encoding);
        return new LayoutRecognizer(path, options).Of(bytes) with { Packing = bytes.Note };
    }

    FileLayout Of(FileBytes bytes)
    {
        if (bytes.IsParquet)
        {
            var names = ParquetRecords.Columns(path, bytes.Content);
            return new FileLayout { Format = FileFormat.Parquet, HasHeader = true, Columns = names, Roles = Named(names, "the columns are") };
        }

        var head = Head(bytes);
        if (head.AsSpan().IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            throw Error($"{path} is empty; it must be {Help}.");
        }

        if (head.AsSpan().Count((byte)0) > head.Length / 4)
        {
            throw Error($"{path} is not UTF-8: if it is UTF-16 without a byte order mark, give --encoding utf-16.");
        }

        var newline = head.AsSpan().Contains((byte)'\n') || !head.AsSpan().Contains((byte)'\r') ? (byte)'\n' : (byte)'\r';
        var text = head.AsSpan().TrimStart(" \t\r\n"u8);
        return text[0] == '{' || (text[0] == '[' && text[1..].TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)']', ..])
            ? Json(head, newline)
            : Delimited(head, newline);
    }

    byte[] Head(FileBytes bytes)
    {
        var head = new byte[HeadBytes];
        try
        {
            var read = bytes.Content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            var text = head.AsSpan(0, read);
            text = text.StartsWith(Encoding.UTF8.Preamble) ? text[3..] : text;
            var last = read < head.Length ? text.Length : text.LastIndexOf((byte)'\n') + 1;
            return text[..(last == 0 ? text.Length : last)].ToArray();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or DecoderFallbackException or UnauthorizedAccessException)
        {
            throw Error($"Cannot read {path}: {e.Message}");
        }
    }

    FileLayout Json(byte[] head, byte newline)
    {
        var firstLine = head.AsSpan().TrimStart(" \t\r\n"u8) is var text && text.IndexOf(newline) is var at && at >= 0 ? text[..at] : text;
        var byLine = firstLine[0] == '{' && IsJson(firstLine.ToArray());
        var objects = new JsonObjects(new LineBuffer(new MemoryStream(head), newline), byLine);
        var paths = new Dictionary<string, JsonPath>();
        for (var sampled = 0; sampled < MaxSampled && objects.Next(out var wrong) is { } json; sampled++)
        {
            if (wrong is not null)
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(json);
                foreach (var way in JsonPath.In(document.RootElement))
                {
                    paths.TryAdd(way.ToString(), way);
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                // A line that is broken is told where it is read.
            }
        }

        if (paths.Count == 0)
        {
            throw Error($"{path} holds no JSON objects that can be read; each must be an interaction, or a session with its events.");
        }

        // A name stands for the innermost value of its meaning: an event's time before its session's.
        var ways = paths.Values.ToArray();
        var names = ways.Select(way => ways.Any(other => other.ArrayDepth > way.ArrayDepth && ColumnNames.Meaning(other.Meaning) is { } inner
            && ColumnNames.Meaning(way.Meaning)?.Role == inner.Role) ? "" : way.Meaning).ToArray();
        for (var column = 0; column < ways.Length; column++)
        {
            names[column] = options.Columns.Columns.Values.Any(asked => asked == ways[column].ToString()) ? ways[column].ToString() : names[column];
        }

        return new FileLayout
        {
            Format = byLine ? FileFormat.JsonLines : FileFormat.Json,
            Newline = newline,
            HasHeader = true,
            Columns = names,
            Paths = ways,
            Roles = Named(names, "the objects' fields are", [.. ways.Select(way => way.ToString())]),
        };
    }

    static bool IsJson(byte[] text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The roles of named columns.</summary>
    int[] Named(IReadOnlyList<string> names, string found, IReadOnlyList<string>? shown = null)
    {
        var roles = ColumnNames.Find(names, options.Columns, out var wrong);
        return wrong is not null ? throw Error($"{path}: {wrong}.")
            : roles[0] >= 0 && roles[1] >= 0 ? roles
            : throw Error($"{path}: {found} '{string.Join("', '", shown ?? names)}'; {Missing(roles)}");
    }

    static string Missing(int[] roles)
    {
        var (user, item) = (roles[(int)FieldRole.User] < 0, roles[(int)FieldRole.Item] < 0);
        return $"which is the {(user && item ? "user and which the item" : user ? "user" : "item")}? "
            + $"Name {(user && item ? "them" : "it")}: --columns {(user ? "user=NAME" : "")}{(user && item ? "," : "")}{(item ? "item=NAME" : "")}.";
    }

    FileLayout Delimited(byte[] head, byte newline)
    {
        var (skipped, said) = Preface(head, newline);
        var asked = options.Delimiter ?? said;
        var candidates = (asked is { } one ? [one] : Delimiter.All).Select(delimiter => Sample(head, newline, skipped, delimiter)).ToArray();
        var best = Best(candidates);
        var layout = new FileLayout { Format = FileFormat.Delimited, Delimiter = best.Delimiter, Newline = newline, SkippedLines = skipped, Columns = [], Roles = [] };
        return options.Header != HeaderLine.No && (best.IsHeader || options.Header == HeaderLine.Yes || IsNamed(best))
            ? WithHeader(layout, best)
            : WithoutHeader(layout, best);
    }

    /// <summary>Lines before header and data: comments, blank lines, and Excel's <c>sep=;</c>.</summary>
    (int Skipped, Delimiter? Said) Preface(byte[] head, byte newline)
    {
        var skipped = 0;
        var rest = head.AsSpan();
        Delimiter? said = null;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf(newline);
            var line = (end < 0 ? rest : rest[..end]).Trim(" \t\r"u8);
            if (line.Length == 5 && line.StartsWith("sep="u8))
            {
                said = Files.Delimiter.Parse(((char)line[4]).ToString());
            }
            else if (!line.IsEmpty && (line[0] != '#' || IsHeader(line.ToArray(), newline)))
            {
                break;
            }

            skipped++;
            rest = end < 0 ? default : rest[(end + 1)..];
        }

        return rest.IsEmpty ? throw Error($"{path} has no interactions; it must be {Help}.") : (skipped, said);
    }

    bool IsHeader(byte[] line, byte newline) => Delimiter.All.Any(delimiter => Sample(line, newline, 0, delimiter).IsHeader);

    /// <summary>The first records as one delimiter divides them.</summary>
    /// <param name="Delimiter">It.</param>
    /// <param name="Records">The fields of each.</param>
    /// <param name="Share">The share of records that have as many fields as the first.</param>
    /// <param name="IsHeader">Whether the first names a user and an item.</param>
    sealed record Sampled(Delimiter Delimiter, List<string[]> Records, double Share, bool IsHeader)
    {
        public int Count => Records.Count == 0 ? 0 : Records[0].Length;
    }

    Sampled Sample(byte[] head, byte newline, int skipped, Delimiter delimiter)
    {
        using var reader = new DelimitedReader(new LineBuffer(new MemoryStream(head), newline), delimiter, 0);
        reader.SkipLines(skipped);
        var (records, bad) = (new List<string[]>(), 0);
        while (records.Count < MaxSampled && reader.Next() is var state && state != RecordState.End)
        {
            if (state == RecordState.Bad)
            {
                bad++;
                continue;
            }

            var fields = new string[reader.FieldCount];
            for (var column = 0; column < fields.Length; column++)
            {
                fields[column] = Encoding.UTF8.GetString(reader.Field(column)).Trim();
            }

            records.Add(fields);
        }

        var count = records.Count == 0 ? 0 : records[0].Length;
        var share = records.Count == 0 ? 0 : (double)records.Count(fields => fields.Length == count) / (records.Count + bad);
        return new Sampled(delimiter, records, share, count >= 2 && Names(records[0], out _));
    }

    bool Names(string[] fields, out string? wrong)
    {
        var roles = ColumnNames.Find(fields, new ColumnChoice(options.Columns.Columns.Where(one => !int.TryParse(one.Value, out _)).ToDictionary()), out wrong);
        return roles[(int)FieldRole.User] >= 0 && roles[(int)FieldRole.Item] >= 0;
    }

    Sampled Best(Sampled[] candidates)
    {
        var headers = candidates.Where(one => one.IsHeader).OrderByDescending(one => one.Count).ToArray();
        if (headers.Length > 0)
        {
            return headers[0];
        }

        const double Consistent = 0.9;
        var divided = candidates.Where(one => one.Count >= 2).ToList();
        if (divided.Count == 0)
        {
            var line = candidates[0].Records is [var first, ..] ? Shown(string.Join(candidates[0].Delimiter.Text, first)) : "";
            throw Error($"{path}: found '{line}', which has only one column; it must be {Help}. --delimiter names what divides its columns.");
        }

        var most = divided.Max(one => one.Share);
        divided.RemoveAll(one => one.Share < Math.Min(Consistent, most));
        if (divided.Any(one => one.Delimiter.Text is "\t" or "::"))
        {
            divided.RemoveAll(one => one.Delimiter.IsBlanks);
        }

        var best = divided.OrderByDescending(one => one.Count).First();
        var rivals = divided.Where(one => one != best && (one.Count == best.Count || (best.Delimiter.IsBlanks && one.Share >= Consistent))).ToArray();
        return rivals.Length == 0 ? best : throw Error(
            $"{path}: '{Shown(string.Join(best.Delimiter.Text, best.Records[0]))}' can be divided by {best.Delimiter.Name} or by {rivals[0].Delimiter.Name}. "
            + $"Say which: --delimiter '{(best.Delimiter.IsBlanks ? rivals[0].Delimiter.Text : best.Delimiter.Text)}' or --delimiter {(rivals[0].Delimiter.IsBlanks || best.Delimiter.IsBlanks ? "blanks" : $"'{rivals[0].Delimiter.Text}'")}.");
    }

    /// <summary>Whether a first line without digits has the name of a column.</summary>
    static bool IsNamed(Sampled sample) => sample.Records[0].All(LooksLikeName) && sample.Records[0].Any(name => ColumnNames.Meaning(name) is not null);

    static bool LooksLikeName(string field) => !field.Any(char.IsDigit) && field.All(c => char.IsLetter(c) || c is '_' or '-' or ' ' or '.' or ':' or '$' or '#' or '\'' or '"');
}
