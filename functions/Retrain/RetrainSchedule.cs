using NCrontab;

namespace SasRec.Functions.Retrain;

/// <summary>When the timer asks whether a run is due: the setting <c>RetrainSchedule</c>, which the Functions host reads too.</summary>
/// <param name="expression">An NCRONTAB expression of six fields, in UTC; null where the host has none.</param>
sealed class RetrainSchedule(string? expression)
{
    readonly CrontabSchedule? schedule = CrontabSchedule.TryParse(expression ?? "", new CrontabSchedule.ParseOptions { IncludingSeconds = true });

    /// <summary>The next time after a moment; null where the setting is no such expression.</summary>
    /// <param name="now">The moment.</param>
    public DateTimeOffset? NextAfter(DateTimeOffset now) =>
        schedule is null ? null : new DateTimeOffset(schedule.GetNextOccurrence(now.UtcDateTime), TimeSpan.Zero);
}
