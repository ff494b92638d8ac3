namespace SasRec.Trainer.Files;

// The pieces of a time: a day, two digits, a colon.
static partial class TimeText
{
    /// <summary>Adds hh:mm[:ss[.fraction]] and an offset to the day; the day stays where the text is wrong.</summary>
    static string? TimeOfDay(ReadOnlySpan<byte> text, ref long time)
    {
        text = text.TrimStart((byte)' ');
        var at = 0;
        if (!Part(text, ref at, 2, out var hour) || hour > 23 || !Colon(text, ref at) || !Part(text, ref at, 2, out var minute) || minute > 59)
        {
            return Allowed;
        }

        int second = 0, millisecond = 0;
        if (Colon(text, ref at))
        {
            if (!Part(text, ref at, 2, out second) || second > 59)
            {
                return Allowed;
            }

            if (at < text.Length && text[at] is (byte)'.' or (byte)',')
            {
                at++;
                var digits = 0;
                for (; at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9'; at++, digits++)
                {
                    millisecond = digits < 3 ? (millisecond * 10) + (text[at] - '0') : millisecond;
                }

                if (digits == 0)
                {
                    return Allowed;
                }

                millisecond *= digits == 1 ? 100 : digits == 2 ? 10 : 1;
            }
        }

        if (Offset(text[at..].Trim((byte)' '), out var minutes) is { } wrong)
        {
            return wrong;
        }

        time += ((((hour * 60L) + minute - minutes) * 60) + second) * 1000 + millisecond;
        return null;
    }

    static string? Offset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.IsEmpty || text.SequenceEqual("Z"u8) || text.SequenceEqual("z"u8) || text.SequenceEqual("UTC"u8) || text.SequenceEqual("GMT"u8)
            || text.SequenceEqual("Z[UTC]"u8) || text.SequenceEqual("[UTC]"u8))
        {
            return null;
        }

        if (text[0] is (byte)'Z' && text.Length > 1 && text[1] == '[' && text[^1] == ']')
        {
            return null;
        }

        if (text.StartsWith("UTC"u8) || text.StartsWith("GMT"u8))
        {
            text = text[3..];
        }

        if (text[0] is (byte)'[')
        {
            return "names a time zone without its offset; write the offset too, such as +01:00[Europe/Berlin]";
        }

        var at = 1;
        if (text[0] is not ((byte)'+' or (byte)'-') || !Part(text, ref at, 2, out var hours))
        {
            return Allowed;
        }

        Colon(text, ref at);
        var some = Part(text, ref at, 2, out var rest);
        minutes = ((hours * 60) + (some ? rest : 0)) * (text[0] == '-' ? -1 : 1);
        var tail = text[at..];
        return hours <= 14 && rest < 60 && (tail.IsEmpty || (tail[0] == '[' && tail[^1] == ']')) ? null : Allowed;
    }

    static bool Day(ReadOnlySpan<byte> year, ReadOnlySpan<byte> month, ReadOnlySpan<byte> day, out long time) =>
        Day(Number(year), Number(month), Number(day), out time);

    static bool Day(int year, int month, int day, out long time)
    {
        time = 0;
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        time = (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
        return true;
    }

    /// <summary>Reads one or two digits.</summary>
    static bool Part(ReadOnlySpan<byte> text, ref int at, int most, out int number)
    {
        number = 0;
        var from = at;
        while (at < text.Length && at - from < most && text[at] is >= (byte)'0' and <= (byte)'9')
        {
            number = (number * 10) + (text[at++] - '0');
        }

        return at > from;
    }

    static bool Colon(ReadOnlySpan<byte> text, ref int at)
    {
        if (at < text.Length && text[at] == ':')
        {
            at++;
            return true;
        }

        return false;
    }

    static bool AreDigits(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            number = (number * 10) + (digit - '0');
        }

        return number;
    }
}
