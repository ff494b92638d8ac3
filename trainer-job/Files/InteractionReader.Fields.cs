using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using SasRec.Core.Events;

namespace SasRec.Trainer.Files;

// What the fields of a line mean, and what is wrong with them.
sealed partial class InteractionReader
{
    /// <summary>Reads the fields; returns what is wrong with one.</summary>
    string? Parse()
    {
        if (Id(FieldRole.User, user, out userLength) is { } wrongUser)
        {
            return wrongUser;
        }

        if (Id(FieldRole.Item, item, out itemLength) is { } wrongItem)
        {
            return wrongItem;
        }

        return Moment() ?? (roles[(int)FieldRole.Type] >= 0 ? OwnType() : null) ?? Rest();
    }

    string? Id(FieldRole role, char[] into, out int length)
    {
        var text = Trim(records.Field(roles[(int)role]));
        length = 0;
        if (text.Length is 0 or > 4 * Interaction.MaxIdLength)
        {
            return $"{ColumnChoice.NameOf(role)} '{Shown(text)}' must have 1 to {Interaction.MaxIdLength} characters";
        }

        // Most ids are short and printable ASCII, for which nothing but the words below is left to check.
        if (text.Length <= Interaction.MaxIdLength && IsPrintable(text, into))
        {
            length = text.Length;
            return Words(role, into.AsSpan(0, length));
        }

        if (Utf8.ToUtf16(text, into, out _, out length, replaceInvalidSequences: false) is var status && status == OperationStatus.InvalidData)
        {
            return NotUtf8(text);
        }

        var id = into.AsSpan(0, length);
        if (status != OperationStatus.Done || !InteractionRules.IsId(id))
        {
            return $"{ColumnChoice.NameOf(role)} '{Shown(text)}' must have 1 to {Interaction.MaxIdLength} characters";
        }

        if (char.IsWhiteSpace(id[0]) || char.IsWhiteSpace(id[^1]))
        {
            var trimmed = id.Trim();
            trimmed.CopyTo(into);
            length = trimmed.Length;
            id = into.AsSpan(0, length);
            if (length == 0)
            {
                return $"{ColumnChoice.NameOf(role)} '' must have 1 to {Interaction.MaxIdLength} characters";
            }
        }

        return id.Contains('\0') ? $"{ColumnChoice.NameOf(role)} '{Shown(text)}' has a NUL character, which no address can carry" : Words(role, id);
    }

    /// <summary>Copies a text of printable ASCII; returns whether it is such.</summary>
    static bool IsPrintable(ReadOnlySpan<byte> text, char[] into)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            if (letter is < (byte)' ' or > (byte)'~')
            {
                return false;
            }

            into[i] = (char)letter;
        }

        return true;
    }

    /// <summary>Refuses what stands for no id.</summary>
    static string? Words(FieldRole role, ReadOnlySpan<char> id) =>
        IsMissing(id) ? $"{ColumnChoice.NameOf(role)} '{id}' stands for a missing value"
        : IsShortened(id) ? $"{ColumnChoice.NameOf(role)} '{id}' is a number in short form that has lost digits; save the column as text"
        : null;

    static bool IsMissing(ReadOnlySpan<char> text) => text.Length <= 9
        && text[0] is 'N' or 'n' or '\\' or '#' or '<' or 'u'
        && text is "NULL" or "null" or "Null" or "NA" or "N/A" or "n/a" or "NaN" or "nan" or "None" or "none" or "\\N" or "#N/A" or "<NA>" or "undefined" or "nil";

    // 8.90123E+12, as a spreadsheet shows a long number.
    static bool IsShortened(ReadOnlySpan<char> text)
    {
        if (!char.IsAsciiDigit(text[0]) || text.Length < 5 || (text[^3] != '+' && text[^4] != '+' && text[^5] != '+'))
        {
            return false;
        }

        var e = text.IndexOf("E+");
        return e is > 0 and <= 8 && text.Length - e is 3 or 4 or 5
            && text[..e].IndexOfAnyExceptInRange('.', '9') < 0 && !text[(e + 2)..].ContainsAnyExceptInRange('0', '9');
    }

    string? Moment()
    {
        time = 0;
        if (roles[(int)FieldRole.Time] < 0)
        {
            return null;
        }

        var text = Trim(records.Field(roles[(int)FieldRole.Time]));
        if (TimeText.Parse(text, out time, out var form) is { } wrong)
        {
            return $"timestamp '{Shown(text)}' {wrong}";
        }

        Summary.AddForm(form);
        var (isOld, isNew) = (time < EarliestTime && options.Times == FileTimes.Keep, time > latest);
        if (isOld || isNew)
        {
            if (options.SkipBad)
            {
                return $"timestamp '{Shown(text)}' is {FileSummary.Shown(time)}, {(isOld ? "before 2000" : "after now")}";
            }

            Summary.AddOutside(isOld, records.Line, Shown(text));
        }

        return null;
    }

    string? OwnType()
    {
        var text = Trim(records.Field(roles[(int)FieldRole.Type]));
        if (text.IsEmpty)
        {
            Type = null;
            return null;
        }

        if (Type is null || !text.SequenceEqual(typeBytes))
        {
            if (Label(FieldRole.Type, out var type) is { } wrong)
            {
                Type = null;
                return wrong;
            }

            (Type, typeBytes) = (type, text.ToArray());
        }

        return null;
    }

    string? Rest()
    {
        (Source, Value, EventId) = (null, null, null);
        if (roles[(int)FieldRole.Source] >= 0 && Label(FieldRole.Source, out var source) is var wrong)
        {
            Source = source;
            if (wrong is not null)
            {
                return wrong;
            }
        }

        if (roles[(int)FieldRole.Value] >= 0 && Trim(records.Field(roles[(int)FieldRole.Value])) is { IsEmpty: false } text)
        {
            if (Utf8Parser.TryParse(text, out double value, out var used) && used == text.Length && double.IsFinite(value))
            {
                Value = value;
            }
            else if (text.Length > 9 || !IsMissing(Encoding.UTF8.GetString(text)) || text.SequenceEqual("NaN"u8))
            {
                return $"value '{Shown(text)}' must be a finite number{(text.Contains((byte)',') ? ", with a point before decimals" : "")}";
            }
        }

        if (roles[(int)FieldRole.Id] >= 0 && Trim(records.Field(roles[(int)FieldRole.Id])) is { IsEmpty: false } id)
        {
            if (!Utf8.IsValid(id))
            {
                return NotUtf8(id);
            }

            EventId = Encoding.UTF8.GetString(id);
            return InteractionRules.IsId(EventId) ? null : $"event id '{Shown(id)}' must have 1 to {Interaction.MaxIdLength} characters";
        }

        return null;
    }

    string? Label(FieldRole role, out string? label)
    {
        var text = Trim(records.Field(roles[(int)role]));
        label = null;
        if (text.IsEmpty)
        {
            return null;
        }

        if (!Utf8.IsValid(text))
        {
            return NotUtf8(text);
        }

        var found = Encoding.UTF8.GetString(text).Trim();
        label = IsMissing(found) ? null : found;
        return InteractionRules.IsLabel(found)
            ? null
            : $"{ColumnChoice.NameOf(role)} '{Shown(text)}' must have 1 to {Interaction.MaxLabelLength} characters";
    }

    static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) =>
        text.Length > 0 && (text[0] <= ' ' || text[^1] <= ' ') ? text.Trim(" \t\r\n"u8) : text;

    static string NotUtf8(ReadOnlySpan<byte> text)
    {
        var at = text;
        while (!at.IsEmpty && Rune.DecodeFromUtf8(at, out _, out var used) == OperationStatus.Done)
        {
            at = at[used..];
        }

        return $"byte 0x{at[0]:X2} is not UTF-8; save the file as UTF-8, or name its encoding, such as --encoding latin1";
    }

    static string Shown(ReadOnlySpan<byte> text)
    {
        var whole = Encoding.UTF8.GetString(text.Length > 400 ? text[..400] : text);
        return Printable(whole.Length <= 80 ? whole : string.Concat(whole.AsSpan(0, 79), "…"));
    }

    /// <summary>Text for a line of a terminal: control characters as JSON would write them.</summary>
    static string Printable(string text) => text.Any(char.IsControl)
        ? string.Concat(text.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()))
        : text;
}
