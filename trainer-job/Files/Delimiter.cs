using SasRec.Core.Contracts;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Files;

/// <summary>What stands between the fields of a line.</summary>
/// <param name="Text">The text itself; a single blank stands for any run of blanks and tabs.</param>
readonly record struct Delimiter(string Text)
{
    /// <summary>The delimiters that are looked for, the surest first.</summary>
    public static Delimiter[] All { get; } = [new("::"), new("\t"), new(","), new(";"), new("|"), new(" ")];

    /// <summary>Whether any run of blanks and tabs divides.</summary>
    public bool IsBlanks => Text == " ";

    /// <summary>Whether a field in quotes may hold the delimiter and line breaks.</summary>
    public bool HasQuotes => Text is "," or ";" or "|" or "\t";

    /// <summary>Whether a field in quotes may go on in the next line. In tab-separated files a quote often is a mere character.</summary>
    public bool HasMultiline => HasQuotes && Text != "\t";

    /// <summary>As people say it.</summary>
    public string Name => Text switch { "\t" => "tabs", " " => "blanks", _ => $"'{Text}'" };

    /// <summary>Reads the option --delimiter.</summary>
    public static Delimiter? Parse(string? text) => text switch
    {
        null => null,
        "tab" or "\\t" or "\t" => new("\t"),
        "blank" or "blanks" or "space" or " " => new(" "),
        "," or ";" or "|" or "::" => new(text),
        { Length: 1 } when text[0] < 128 && !char.IsLetterOrDigit(text[0]) && text[0] is not ('"' or '\n' or '\r') => new(text),
        _ => throw new UserError($"--delimiter '{text}' must be one character such as ',' or ';', or '::', 'tab' or 'blanks'.") { Code = ExitCode.Usage },
    };
}
