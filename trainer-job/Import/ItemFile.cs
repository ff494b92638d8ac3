using System.Text;
using System.Text.Json;
using SasRec.Core.Contracts;
using SasRec.Trainer.Console;
using SasRec.Trainer.Files;

namespace SasRec.Trainer.Import;

/// <summary>One item as it stands in a file.</summary>
/// <param name="Line">The line on which it begins, 1 for the first.</param>
/// <param name="Id">Its id.</param>
/// <param name="Json">All of it, as PUT /api/items takes it.</param>
sealed record FileItem(long Line, string Id, string Json);

/// <summary>A file of items: CSV with a header, or JSON. Read line by line; only the ids are kept in memory.</summary>
/// <remarks>What a field may hold is for the API to judge, which names the field; the import names the line.</remarks>
sealed class ItemFile
{
    const int HeadBytes = 1 << 18;

    static readonly string[] OwnFields = ["id", "title", "categories", "available", "imageUrl", "publishedAt", "expiresAt", "attributes"];

    readonly string path;
    readonly ItemColumns? columns;
    readonly Delimiter delimiter;
    readonly bool hasHeader, isByLine;

    ItemFile(string path, long bytes, ItemColumns? columns, Delimiter delimiter, bool hasHeader, bool isByLine) =>
        (this.path, Bytes, this.columns, this.delimiter, this.hasHeader, this.isByLine) = (path, bytes, columns, delimiter, hasHeader, isByLine);

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    /// <summary>Finds out what a file is.</summary>
    /// <exception cref="UserError">There is no such file, or it is no feed of items.</exception>
    public static ItemFile Open(string path)
    {
        using var bytes = FileBytes.Open(path, null);
        var head = new byte[HeadBytes];
        head = head[..bytes.Content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        var text = head.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? head.AsSpan(3) : head;
        text = text.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty)
        {
            throw new UserError($"{path}: The file is empty; it must have a header with the columns id and title, or be JSON.") { Code = ExitCode.Usage };
        }

        if (text[0] is (byte)'{' or (byte)'[')
        {
            var line = text.IndexOf((byte)'\n') is var end && end >= 0 ? text[..end] : text;
            var brokenLine = text[0] == '{' && line.TrimEnd(" \r"u8) is [.., (byte)'}'];
            return new ItemFile(path, bytes.Length, null, default, hasHeader: false, isByLine: text[0] == '{' && (brokenLine || IsJson(line.ToArray())));
        }

        var found = Delimiter.All.Where(one => !one.IsBlanks).Select(one => Header(head, one))
            .OrderByDescending(one => one.Columns.IsComplete).ThenByDescending(one => one.Columns.Names.Count).First();
        if (found.Delimiter.Text == "::" && !found.Columns.IsComplete && found.Columns.Names.Count == 3)
        {
            // MovieLens 1M has no header.
            return new ItemFile(path, bytes.Length, ItemColumns.Of(["id", "title", "genres"], out _), found.Delimiter, hasHeader: false, isByLine: false);
        }

        return found.Wrong is not null ? throw At(found.Line, found.Wrong)
            : found.Columns.IsComplete ? new ItemFile(path, bytes.Length, found.Columns, found.Delimiter, hasHeader: true, isByLine: false)
            : throw At(found.Line, $"the header is '{string.Join(found.Delimiter.Text, found.Columns.Names)}'; it must name the columns 'id' and 'title'");
    }

    static (Delimiter Delimiter, ItemColumns Columns, long Line, string? Wrong) Header(byte[] head, Delimiter delimiter)
    {
        using var reader = new DelimitedReader(new LineBuffer(new MemoryStream(head), (byte)'\n'), delimiter, 0);
        if (reader.Next() != RecordState.Record)
        {
            return (delimiter, ItemColumns.Of([], out _), 1, reader.Wrong);
        }

        var columns = ItemColumns.Of(Cells(reader), out var wrong);
        return (delimiter, columns, reader.Line, wrong);
    }

    /// <summary>What was understood, in one line.</summary>
    public string Describe() => columns is null
        ? $"{path}: JSON; id, title and the like are fields, all others attributes"
        : $"{path}: fields divided by {delimiter.Name}; {columns.Describe()}";

    /// <summary>Packs the items into requests.</summary>
    /// <param name="batchSize">The most items in one request.</param>
    /// <param name="afterLine">Lines up to this one were sent before.</param>
    public IEnumerable<ImportBatch> Pack(int batchSize, long afterLine) => ImportBatch.Pack(
        ImportTarget.Items.Noun,
        batchSize,
        onBytes => Read(onBytes).Where(item => item.Line > afterLine),
        item => item.Line,
        (json, item) => json.WriteRawValue(item.Json, skipInputValidation: true));

    /// <summary>Reads the items in the order of the file.</summary>
    /// <param name="onBytes">Told now and then how many bytes were newly read.</param>
    /// <exception cref="UserError">A line cannot be read: the message has its number and what was found.</exception>
    public IEnumerable<FileItem> Read(Action<long>? onBytes = null)
    {
        using var bytes = FileBytes.Open(path, null);
        var lines = new LineBuffer(bytes.Content, (byte)'\n');
        var places = new Dictionary<string, long>(StringComparer.Ordinal);
        var told = 0L;
        foreach (var item in columns is null ? ReadJson(lines) : ReadRecords(lines))
        {
            if (!places.TryAdd(item.Id, item.Line))
            {
                throw At(item.Line, $"the id '{item.Id}' stands on line {places[item.Id]} already; a file must have each once, or its variants one after the other");
            }

            if (bytes.Position - told >= 1 << 16)
            {
                onBytes?.Invoke(bytes.Position - told);
                told = bytes.Position;
            }

            yield return item;
        }

        onBytes?.Invoke(bytes.Position - told);
    }

    /// <summary>Records; those that follow each other with one id are variants of one item.</summary>
    IEnumerable<FileItem> ReadRecords(LineBuffer lines)
    {
        using var reader = new DelimitedReader(lines, delimiter, columns!.Names.Count);
        var idColumn = columns.Fields.Index().First(field => field.Item == ItemField.Id).Index;
        if (hasHeader)
        {
            reader.Next();
        }

        ItemJson? item = null;
        for (RecordState state; (state = reader.Next()) != RecordState.End;)
        {
            if (state == RecordState.Bad)
            {
                throw At(reader.Line, reader.Wrong!);
            }

            var cells = Cells(reader);
            if (item is not null && cells[idColumn].Trim() != item.Id)
            {
                yield return item.Close();
                item = null;
            }

            item ??= new ItemJson { Line = reader.Line, Id = cells[idColumn].Trim() };
            if (item.Add(columns, cells) is { } wrong)
            {
                throw At(reader.Line, wrong);
            }
        }

        if (item is not null)
        {
            yield return item.Close();
        }
    }

    static string[] Cells(DelimitedReader reader)
    {
        var cells = new string[reader.FieldCount];
        for (var column = 0; column < cells.Length; column++)
        {
            cells[column] = System.Text.Unicode.Utf8.IsValid(reader.Field(column))
                ? Encoding.UTF8.GetString(reader.Field(column))
                : throw At(reader.Line, $"column {column + 1} is not UTF-8; save the file as UTF-8");
        }

        return cells;
    }

    IEnumerable<FileItem> ReadJson(LineBuffer lines)
    {
        var objects = new JsonObjects(lines, isByLine);
        while (objects.Next(out var wrong) is { } text)
        {
            yield return wrong is null ? Item(text, objects.Line) : throw At(objects.Line, wrong);
        }
    }

    static FileItem Item(ReadOnlyMemory<byte> text, long line)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw At(line, "the line must be a JSON object with an 'id'");
            }

            // An item as the API takes it goes there as it stands; any other is read like a row whose columns are its fields.
            return root.EnumerateObject().All(field => OwnFields.Contains(field.Name)) && root.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
                ? new FileItem(line, id.GetString()!, Encoding.UTF8.GetString(text.Span))
                : Mapped(root, line);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw At(line, $"the line is not JSON: {e.Message.Split(" LineNumber:")[0].TrimEnd('.')}");
        }
    }

    static FileItem Mapped(JsonElement root, long line)
    {
        var fields = root.EnumerateObject()
            .SelectMany(field => field is { Name: "attributes", Value.ValueKind: JsonValueKind.Object } ? field.Value.EnumerateObject().ToArray() : [field]).ToArray();
        var columns = ItemColumns.Of([.. fields.Select(field => field.Name)], out var wrong);
        var id = columns.Fields.Index().Where(field => field.Item == ItemField.Id).Select(field => Cell(fields[field.Index].Value)).FirstOrDefault("");
        if (wrong is not null || id.Length == 0)
        {
            throw At(line, wrong ?? "the line must be a JSON object with an 'id'");
        }

        var item = new ItemJson { Line = line, Id = id };
        return item.Add(columns, [.. fields.Select(field => Cell(field.Value))]) is { } bad ? throw At(line, bad) : item.Close();
    }

    static string Cell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => string.Join('|', value.EnumerateArray().Select(Cell)),
        _ => value.GetRawText(),
    };

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

    static UserError At(long line, string what) => new($"Line {line}: {what}.") { Code = ExitCode.Usage };
}
