namespace SasRec.Trainer.Files;

/// <summary>What stands at a place of a file.</summary>
enum RecordState
{
    /// <summary>A record, whose fields can be read.</summary>
    Record,

    /// <summary>Something that is no record; <see cref="RecordReader.Wrong"/> says why. Reading can go on behind it.</summary>
    Bad,

    /// <summary>The end of the file.</summary>
    End,
}

/// <summary>Moves through the records of a file, whatever its format; the fields of the current one are bytes of UTF-8.</summary>
abstract class RecordReader : IDisposable
{
    /// <summary>The line on which the current record begins, 1 for the first.</summary>
    public long Line { get; protected set; }

    /// <summary>How many lines were read.</summary>
    public long Lines { get; protected set; }

    /// <summary>Lines of headers and comments, blank lines, and lines that go on with a record.</summary>
    public long OtherLines { get; protected set; }

    /// <summary>How many copies of the header were left out.</summary>
    public long RepeatedHeaders { get; protected set; }

    /// <summary>What is wrong with the current place.</summary>
    public string? Wrong { get; protected set; }

    /// <summary>Moves to the next record.</summary>
    public abstract RecordState Next();

    /// <summary>A field of the current record; empty where it has none.</summary>
    /// <param name="column">The column, 0 for the first.</param>
    public abstract ReadOnlySpan<byte> Field(int column);

    /// <summary>How many fields the current record has.</summary>
    public abstract int FieldCount { get; }

    public abstract void Dispose();
}
