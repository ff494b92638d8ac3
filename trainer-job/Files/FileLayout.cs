namespace SasRec.Trainer.Files;

/// <summary>What a file of interactions consists of.</summary>
enum FileFormat
{
    /// <summary>Lines of fields.</summary>
    Delimited,

    /// <summary>A JSON object a line.</summary>
    JsonLines,

    /// <summary>A JSON array, or objects over several lines.</summary>
    Json,

    /// <summary>Parquet.</summary>
    Parquet,
}

/// <summary>How a file is laid out: all that is needed to read its records.</summary>
sealed record FileLayout
{
    /// <summary>What it consists of.</summary>
    public required FileFormat Format { get; init; }

    /// <summary>What divides fields.</summary>
    public Delimiter Delimiter { get; init; }

    /// <summary>What ends a line.</summary>
    public byte Newline { get; init; } = (byte)'\n';

    /// <summary>How many lines before header and data are no part of them: comments and blank lines.</summary>
    public int SkippedLines { get; init; }

    /// <summary>Whether a header names the columns.</summary>
    public bool HasHeader { get; init; }

    /// <summary>The columns' names; their numbers where there is no header.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>By <see cref="FieldRole"/>, the column; -1 where none has it.</summary>
    public required IReadOnlyList<int> Roles { get; init; }

    /// <summary>The ways to the columns of JSON.</summary>
    public IReadOnlyList<JsonPath> Paths { get; init; } = [];

    /// <summary>How the file is packed or encoded; null for plain UTF-8.</summary>
    public string? Packing { get; init; }

    /// <summary>Set where the first line looks like a header whose names are not known.</summary>
    public FileDoubt? PhantomHeader { get; init; }

    /// <summary>A column that holds times under a name that is not known; null where none does.</summary>
    public string? LikelyTime { get; init; }

    /// <summary>Whether interactions have times.</summary>
    public bool HasTimes => Has(FieldRole.Time);

    /// <summary>Whether the file is 'user item' lines, in which order stands for time by custom.</summary>
    public bool IsPairs => Format == FileFormat.Delimited && Columns.Count == 2 && (Delimiter.IsBlanks || (Delimiter.Text == "\t" && !HasHeader));

    /// <summary>Whether a column has a role.</summary>
    public bool Has(FieldRole role) => Roles[(int)role] >= 0;

    /// <summary>The layout in words.</summary>
    public string Describe()
    {
        var format = Format switch
        {
            FileFormat.JsonLines => "JSON lines",
            FileFormat.Json => "JSON",
            FileFormat.Parquet => "Parquet",
            _ => $"{(IsPairs ? "lines 'user item'" : $"fields divided by {Delimiter.Name}")}, "
                + (HasHeader ? $"header on line {SkippedLines + 1}" : "no header"),
        };
        return Packing is null ? format : $"{format}, {Packing}";
    }

    /// <summary>Which column is what, and which are not used.</summary>
    public string DescribeColumns()
    {
        var used = Enum.GetValues<FieldRole>().Where(Has).Select(role => $"{ColumnChoice.NameOf(role)} = {Name(Roles[(int)role])}");
        var rest = Enumerable.Range(0, Columns.Count).Where(column => !Roles.Contains(column) && Columns[column].Length > 0).Select(Name).ToArray();
        const int Max = 12;
        return string.Join(", ", used) + (rest.Length == 0 ? ""
            : $"; not used: {string.Join(", ", rest.Take(Max))}{(rest.Length > Max ? $" and {rest.Length - Max} more" : "")}");

        string Name(int column) => Format is FileFormat.Json or FileFormat.JsonLines ? Paths[column].ToString()
            : Format == FileFormat.Delimited && !HasHeader ? $"column {Columns[column]}" : Columns[column];
    }

    /// <summary>Opens a reader of the file's records, whose fields are by <see cref="Columns"/>.</summary>
    public RecordReader Open(string path, FileBytes bytes)
    {
        if (Format == FileFormat.Parquet)
        {
            return ParquetRecords.Open(path, bytes.Content, [.. Enumerable.Range(0, Columns.Count).Select(column => Roles.Contains(column) ? column : -1)]);
        }

        var lines = new LineBuffer(bytes.Content, Newline);
        if (Format != FileFormat.Delimited)
        {
            return new JsonReader(
                new JsonObjects(lines, Format == FileFormat.JsonLines),
                [.. Paths.Select((way, column) => Roles.Contains(column) ? way : null)],
                Paths[Roles[(int)FieldRole.Item]]);
        }

        var reader = new DelimitedReader(lines, Delimiter, Columns.Count);
        reader.SkipLines(SkippedLines);
        if (HasHeader)
        {
            reader.Next();
            reader.TakeHeader();
        }

        return reader;
    }
}
