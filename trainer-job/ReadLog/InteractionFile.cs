using System.Globalization;
using SasRec.Core.Events;
using SasRec.Core.Sequences;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.ReadLog;

/// <summary>A file of interactions: lines 'user item', or CSV with a header.</summary>
/// <remarks>
/// It is CSV if its first line that is not blank has a comma. Lines are read one by one; a file of any size needs no more memory than
/// its longest line.
/// </remarks>
public sealed class InteractionFile
{
    readonly string path;

    InteractionFile(string path, bool hasTimes, bool isCsv, long bytes) =>
        (this.path, HasTimes, IsCsv, Bytes) = (path, hasTimes, isCsv, bytes);

    /// <summary>Whether its interactions carry times.</summary>
    public bool HasTimes { get; }

    /// <summary>Whether it is CSV.</summary>
    public bool IsCsv { get; }

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    /// <summary>Looks at the first line to see what kind of file it is.</summary>
    /// <exception cref="UserError">There is no such file, it is empty, or its header lacks a column.</exception>
    public static InteractionFile Open(string path)
    {
        using var stream = OpenStream(path);
        var lines = new LineReader(stream);
        if (!SkipBlank(lines))
        {
            throw new UserError($"{path} is empty; it must have lines 'user item', or be CSV with the columns user and item.");
        }

        var isCsv = lines.Text.Contains(',');
        return new InteractionFile(path, isCsv && ReadHeader(lines).Time >= 0, isCsv, stream.Length);
    }

    /// <summary>Reads the interactions in the order of the file.</summary>
    /// <param name="onBytes">Told now and then how many bytes were newly read.</param>
    /// <exception cref="UserError">A line cannot be read: the message has its number and what was found.</exception>
    public IEnumerable<FileInteraction> Read(Action<long>? onBytes = null)
    {
        using var stream = OpenStream(path);
        var lines = new LineReader(stream);
        var told = 0L;
        foreach (var interaction in IsCsv ? ReadCsv(lines) : ReadPairs(lines))
        {
            if (lines.BytesRead - told >= 1 << 16)
            {
                onBytes?.Invoke(lines.BytesRead - told);
                told = lines.BytesRead;
            }

            yield return interaction;
        }

        onBytes?.Invoke(lines.BytesRead - told);
    }

    /// <summary>Reads the whole file into a dataset.</summary>
    /// <param name="options">What is left out; null keeps everything.</param>
    /// <param name="onBytes">Told now and then how many bytes were newly read.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public InteractionDataset ReadDataset(
        DatasetOptions? options = null, Action<long>? onBytes = null, CancellationToken cancellation = default)
    {
        var builder = new InteractionDatasetBuilder();
        foreach (var interaction in Read(onBytes))
        {
            cancellation.ThrowIfCancellationRequested();
            builder.Add(interaction.UserId, interaction.ItemId, interaction.Time?.ToUnixTimeMilliseconds());
        }

        return builder.Build(options);
    }

    static FileStream OpenStream(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"Cannot read {path}: {e.Message}", e);
        }
    }

    static bool SkipBlank(LineReader lines)
    {
        while (lines.Next())
        {
            if (!lines.Text.IsWhiteSpace())
            {
                return true;
            }
        }

        return false;
    }

    static IEnumerable<FileInteraction> ReadPairs(LineReader lines)
    {
        while (SkipBlank(lines))
        {
            var text = lines.Text.Trim();
            var space = text.IndexOfAny(' ', '\t');
            var user = space < 0 ? text : text[..space];
            var item = space < 0 ? default : text[space..].TrimStart();
            if (item.IsEmpty || item.ContainsAny(' ', '\t'))
            {
                throw UserError.AtLine(lines.Number, $"found '{Shown(text)}'; the line must be 'user item'");
            }

            yield return new FileInteraction(lines.Number, Id(user, "user", lines.Number), Id(item, "item", lines.Number));
        }
    }

    static CsvHeader ReadHeader(LineReader lines)
    {
        var columns = new List<string>();
        var wrong = CsvFields.Split(lines.Text, columns);
        CsvHeader? header = null;
        if (wrong is null)
        {
            header = CsvHeader.Of(columns, out wrong);
        }

        return header ?? throw UserError.AtLine(lines.Number, wrong!);
    }

    static IEnumerable<FileInteraction> ReadCsv(LineReader lines)
    {
        SkipBlank(lines);
        var header = ReadHeader(lines);
        var fields = new List<string>();
        while (SkipBlank(lines))
        {
            var line = lines.Number;
            while (CsvFields.IsOpen(lines.Text))
            {
                if (!lines.Next(join: true))
                {
                    throw UserError.AtLine(line, "a quote is not closed");
                }
            }

            if (CsvFields.Split(lines.Text, fields) is { } wrong)
            {
                throw UserError.AtLine(line, wrong);
            }

            if (fields.Count != header.Count)
            {
                throw UserError.AtLine(line, $"found {fields.Count} fields; the header has {header.Count}");
            }

            yield return new FileInteraction(
                line,
                Id(fields[header.User], "user", line),
                Id(fields[header.Item], "item", line),
                header.Time < 0 ? null : Time(fields[header.Time], line),
                header.Type < 0 ? null : Label(fields[header.Type], "type", line),
                header.Source < 0 ? null : Label(fields[header.Source], "source", line),
                header.Value < 0 ? null : Value(fields[header.Value], line));
        }
    }

    static string Id(ReadOnlySpan<char> text, string column, long line)
    {
        text = text.Trim();
        return InteractionRules.IsId(text)
            ? text.ToString()
            : throw UserError.AtLine(line, $"{column} '{Shown(text)}' must have 1 to {Interaction.MaxIdLength} characters");
    }

    static DateTimeOffset Time(string text, long line) => TimestampText.TryParse(text, out var time)
        ? time
        : throw UserError.AtLine(line, $"timestamp '{Shown(text)}' must be Unix seconds, Unix milliseconds or ISO 8601");

    static string? Label(string text, string column, long line)
    {
        text = text.Trim();
        return text.Length == 0 ? null : InteractionRules.IsLabel(text)
            ? text
            : throw UserError.AtLine(line, $"{column} '{Shown(text)}' must have 1 to {Interaction.MaxLabelLength} characters");
    }

    static double? Value(string text, long line)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw UserError.AtLine(line, $"value '{Shown(text)}' must be a finite number");
    }

    static string Shown(ReadOnlySpan<char> text) => text.Length <= 80 ? text.ToString() : string.Concat(text[..79], "…");
}
