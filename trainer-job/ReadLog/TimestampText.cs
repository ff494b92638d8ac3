using System.Globalization;

namespace SasRec.Trainer.ReadLog;

/// <summary>Reads a time as Unix seconds, Unix milliseconds or ISO 8601.</summary>
static class TimestampText
{
    // Seconds reach this in the year 5138; milliseconds passed it in March 1973.
    const double LeastMilliseconds = 1e11;

    /// <summary>Reads a time; one without an offset is UTC.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        text = text.Trim();
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            var milliseconds = Math.Abs(number) < LeastMilliseconds ? number * 1000 : number;
            if (milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
                && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            {
                time = DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(milliseconds));
                return true;
            }
        }
        else if (text is [>= '0' and <= '9', >= '0' and <= '9', >= '0' and <= '9', >= '0' and <= '9', '-', ..])
        {
            return DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
        }

        time = default;
        return false;
    }
}
