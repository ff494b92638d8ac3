namespace SasRec.Trainer.Files;

/// <summary>Whether the order of a file's lines counts, where times do not settle it.</summary>
public enum LineOrder
{
    /// <summary>Only where the file itself says so: lines 'user item', or equal times in a file that is not newest first.</summary>
    Auto,

    /// <summary>Oldest first.</summary>
    File,

    /// <summary>Newest first.</summary>
    NewestFirst,
}

/// <summary>Whether a file's first line is a header.</summary>
public enum HeaderLine
{
    /// <summary>It is, if it names a user and an item.</summary>
    Auto,

    /// <summary>It is.</summary>
    Yes,

    /// <summary>It is not.</summary>
    No,
}

/// <summary>What becomes of times from before 2000, which the API refuses.</summary>
public enum FileTimes
{
    /// <summary>Times stay as they are; from before 2000 they are refused.</summary>
    Keep,

    /// <summary>If any is before 2000, an import moves all alike, by the fewest whole 400 weeks; training takes them as they are.</summary>
    Fit,
}

/// <summary>What the user says about a file, and what of it counts.</summary>
sealed record ReadOptions
{
    /// <summary>Columns that the user named.</summary>
    public ColumnChoice Columns { get; init; } = ColumnChoice.None;

    /// <summary>What divides fields; null to find out.</summary>
    public Delimiter? Delimiter { get; init; }

    /// <summary>The name of the encoding; null for UTF-8, or UTF-16 with a byte order mark.</summary>
    public string? Encoding { get; init; }

    /// <summary>Whether the first line is a header.</summary>
    public HeaderLine Header { get; init; }

    /// <summary>The order of the lines.</summary>
    public LineOrder Order { get; init; }

    /// <summary>What becomes of times before 2000.</summary>
    public FileTimes Times { get; init; }

    /// <summary>The types that count; null for all.</summary>
    public IReadOnlySet<string>? Types { get; init; }

    /// <summary>The least value that counts; null for all.</summary>
    public double? MinValue { get; init; }

    /// <summary>Whether lines that cannot be read are left out and counted.</summary>
    public bool SkipBad { get; init; }

    /// <summary>The present, after which nothing can have happened.</summary>
    public DateTimeOffset Now { get; init; } = DateTimeOffset.MaxValue;
}

/// <summary>Something about a file that may be meant otherwise than it reads.</summary>
/// <param name="Statement">What was found.</param>
/// <param name="Question">What a person is asked; null where no answer makes it right.</param>
/// <param name="Answer">The options of the command line that stand for yes, or what to do.</param>
/// <param name="Yes">The same for the reader.</param>
sealed record FileDoubt(string Statement, string? Question, string Answer, Func<ReadOptions, ReadOptions> Yes);
