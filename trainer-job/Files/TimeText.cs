using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace SasRec.Trainer.Files;

/// <summary>How a time is written.</summary>
enum TimeForm
{
    /// <summary>Unix seconds.</summary>
    Seconds,

    /// <summary>Unix milliseconds.</summary>
    Milliseconds,

    /// <summary>Unix microseconds.</summary>
    Microseconds,

    /// <summary>Unix nanoseconds.</summary>
    Nanoseconds,

    /// <summary>Year first, with a time of day: ISO 8601 and its usual variants, or the digits alone.</summary>
    DateAndTime,

    /// <summary>Year first, without a time of day.</summary>
    Date,
}

/// <summary>Reads a time from its text. A time without an offset is UTC.</summary>
/// <remarks>
/// The unit of a Unix time follows from its size: below 1e11 it is seconds (until the year 5138), below 1e14 milliseconds, below 1e17
/// microseconds, else nanoseconds. 8, 12, 14 and 17 digits that begin with a date of 1900 to 2099 are that date: as Unix times they would lie
/// before 1980 or after 2600. What could be read in two ways is refused: days or months first, spreadsheet serials, shortened numbers.
/// </remarks>
static partial class TimeText
{
    const string Allowed = "must be a Unix time (s, ms, µs or ns) or a date with the year first, such as 2024-02-29 12:30:00";

    // Formats with the month as a word cannot be misread, so they may put the day first.
    static readonly string[] NamedMonth =
    [
        "ddd, d MMM yyyy HH:mm:ss 'GMT'", "ddd, d MMM yyyy HH:mm:ss zzz", "ddd MMM d HH:mm:ss zzz yyyy", "ddd MMM d HH:mm:ss 'UTC' yyyy",
        "ddd MMM d HH:mm:ss yyyy", "d MMM yyyy", "d MMM yyyy HH:mm", "d MMM yyyy HH:mm:ss", "MMM d, yyyy", "MMMM d, yyyy",
        "MMM d, yyyy HH:mm", "MMM d, yyyy HH:mm:ss", "d-MMM-yyyy", "d-MMM-yyyy HH:mm:ss", "yyyy-MMM-d", "yyyy-MMM-d HH:mm:ss",
    ];

    /// <summary>Reads a time.</summary>
    /// <param name="text">UTF-8, without surrounding blanks.</param>
    /// <param name="time">Unix milliseconds.</param>
    /// <param name="form">How it is written.</param>
    /// <returns>What it must be instead; null if it could be read.</returns>
    public static string? Parse(ReadOnlySpan<byte> text, out long time, out TimeForm form)
    {
        (time, form) = (0, TimeForm.Seconds);
        if (text.IsEmpty)
        {
            return Allowed;
        }

        return text.Length <= 19 && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9') ? Digits(text, out time, out form)
            : text.Length >= 8 && AreDigits(text[..4]) && text[4] is (byte)'-' or (byte)'/' or (byte)'.' ? YearFirst(text, out time, out form)
            : text.Length >= 15 && AreDigits(text[..8]) && text[8] is (byte)'T' or (byte)' ' ? BasicForm(text, out time, out form)
            : Other(text, out time, out form);
    }

    static string? Digits(ReadOnlySpan<byte> text, out long time, out TimeForm form)
    {
        if (text.Length is 8 or 12 or 14 or 17 && text[0] is (byte)'1' or (byte)'2' && text[1] is (byte)'9' or (byte)'0'
            && Day(text[..4], text[4..6], text[6..8], out time))
        {
            form = text.Length == 8 ? TimeForm.Date : TimeForm.DateAndTime;
            if (text.Length == 8)
            {
                return null;
            }

            if (Number(text[8..10]) is var hour and < 24 && Number(text[10..12]) is var minute and < 60
                && (text.Length == 12 ? 0 : Number(text[12..14])) is var second and < 60)
            {
                time += ((((hour * 60) + minute) * 60) + second) * 1000L + (text.Length == 17 ? Number(text[14..]) : 0);
                return null;
            }
        }

        var number = 0L;
        foreach (var digit in text)
        {
            number = (number * 10) + (digit - '0');
        }

        (time, form) = number switch
        {
            < 0 => (0, TimeForm.Nanoseconds),
            < 100_000_000_000 => (number * 1000, TimeForm.Seconds),
            < 100_000_000_000_000 => (number, TimeForm.Milliseconds),
            < 100_000_000_000_000_000 => (number / 1000, TimeForm.Microseconds),
            _ => (number / 1_000_000, TimeForm.Nanoseconds),
        };
        return number < 0 ? Allowed : IsSerial(number) ? Serial : null;
    }

    const string Serial = "looks like the serial number of a spreadsheet's date; format the column as yyyy-mm-dd hh:mm:ss and save again";

    // Days since 1900 for the years 1982 to 2064; as Unix seconds they are the first day of 1970.
    static bool IsSerial(double number) => number is >= 30_000 and < 60_000;

    static string? YearFirst(ReadOnlySpan<byte> text, out long time, out TimeForm form)
    {
        (time, form) = (0, TimeForm.Date);
        var at = 5;
        if (!Part(text, ref at, 2, out var month) || at >= text.Length || text[at] != text[4])
        {
            return Fallback(text, out time, out form);
        }

        at++;
        if (!Part(text, ref at, 2, out var day) || !Day(Number(text[..4]), month, day, out time))
        {
            return Allowed;
        }

        if (at == text.Length)
        {
            return null;
        }

        form = TimeForm.DateAndTime;
        var divided = text[at] is (byte)'T' or (byte)'t' or (byte)' ' or (byte)'_';
        return divided ? TimeOfDay(text[(at + 1)..], ref time) : Allowed;
    }

    static string? BasicForm(ReadOnlySpan<byte> text, out long time, out TimeForm form)
    {
        form = TimeForm.DateAndTime;
        var known = Day(text[..4], text[4..6], text[6..8], out time);
        if (known && text[9..] is var clock && clock.Length >= 6 && AreDigits(clock[..6]))
        {
            Span<byte> spelt = stackalloc byte[Math.Min(64, clock.Length + 2)];
            if (clock.Length + 2 <= spelt.Length)
            {
                clock[..2].CopyTo(spelt);
                spelt[2] = (byte)':';
                clock[2..4].CopyTo(spelt[3..]);
                spelt[5] = (byte)':';
                clock[4..].CopyTo(spelt[6..]);
                return TimeOfDay(spelt, ref time);
            }
        }

        return Allowed;
    }

    /// <summary>Numbers with a fraction or an exponent, months as words, and what is refused.</summary>
    static string? Other(ReadOnlySpan<byte> text, out long time, out TimeForm form)
    {
        (time, form) = (0, TimeForm.Seconds);
        if (text[0] is (byte)'-' or (byte)'+' or >= (byte)'0' and <= (byte)'9'
            && Utf8Parser.TryParse(text, out double number, out var used) && used == text.Length)
        {
            if (number < 0 || !double.IsFinite(number))
            {
                return "lies before 1970; " + Allowed;
            }

            var exponent = text.IndexOfAny((byte)'e', (byte)'E');
            if (exponent >= 0 && exponent < 11)
            {
                return "is a number in short form that has lost digits; save the column in full";
            }

            if (IsSerial(number))
            {
                return Serial;
            }

            // A fraction of a second counts; those of smaller units are below a millisecond.
            if (number < 1e11)
            {
                time = (long)Math.Round(number * 1000);
                return null;
            }

            return number < 9e18 ? Digits(Encoding.ASCII.GetBytes(((long)number).ToString(CultureInfo.InvariantCulture)), out time, out form) : Allowed;
        }

        return Fallback(text, out time, out form);
    }

    static string? Fallback(ReadOnlySpan<byte> text, out long time, out TimeForm form)
    {
        (time, form) = (0, TimeForm.DateAndTime);
        var chars = text.Length <= 64 ? Encoding.UTF8.GetString(text) : "";
        if (DateTimeOffset.TryParseExact(
            chars, NamedMonth, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowInnerWhite, out var parsed))
        {
            time = parsed.ToUnixTimeMilliseconds();
            form = chars.Contains(':') ? TimeForm.DateAndTime : TimeForm.Date;
            return null;
        }

        return chars.Length >= 8 && char.IsAsciiDigit(chars[0]) && chars.AsSpan(0, 3).IndexOfAny("./-") > 0
            ? "has the day or the month first, which can be read in two ways; write it with the year first, such as 2024-02-29 12:30:00"
            : Allowed;
    }
}
