using System.Globalization;
using NCrontab;

namespace SasRec.Portable.LocalHost.Timers;

/// <summary>When a timer is due, in UTC: NCRONTAB with six fields (or five, without seconds), or an interval.</summary>
sealed class TimerSchedule
{
    readonly Func<DateTime, DateTime> next;

    TimerSchedule(Func<DateTime, DateTime> next) => this.next = next;

    /// <exception cref="InvalidDataException">The expression is neither.</exception>
    public static TimerSchedule Parse(string expression, string function)
    {
        if (TimeSpan.TryParseExact(expression, "c", CultureInfo.InvariantCulture, out var interval))
        {
            return interval > TimeSpan.Zero
                ? new TimerSchedule(after => after + interval)
                : throw new InvalidDataException($"Function '{function}': a timer's interval must be above zero, found '{expression}'.");
        }

        var fields = expression.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        var cron = CrontabSchedule.TryParse(expression, new CrontabSchedule.ParseOptions { IncludingSeconds = fields != 5 })
            ?? throw new InvalidDataException($"Function '{function}': '{expression}' is neither six NCRONTAB fields nor an interval (hh:mm:ss).");
        return new TimerSchedule(after => DateTime.SpecifyKind(cron.GetNextOccurrence(after), DateTimeKind.Utc));
    }

    /// <summary>The first occurrence after a moment.</summary>
    public DateTime Next(DateTime after) => next(after);

    /// <summary>Whether it comes more often than once a minute; such a schedule is not worth keeping in storage.</summary>
    public bool IsFrequent(DateTime now) => Next(Next(now)) - Next(now) < TimeSpan.FromMinutes(1);
}
