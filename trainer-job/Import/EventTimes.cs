using SasRec.Core.Events;
using SasRec.Trainer.Console;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Import;

/// <summary>The time that each interaction of a file is sent with: a pure function of the file.</summary>
public sealed class EventTimes
{
    /// <summary>What a file is moved by, once or several times over: 400 weeks, so that days of the week stay.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromDays(7 * 400);

    // A file without times gets a second a line from here: the order is kept, and 150 million lines stay in the past.
    static readonly DateTimeOffset FirstLine = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    readonly TimeSpan shift;

    EventTimes(TimeSpan shift) => this.shift = shift;

    /// <summary>Looks through a file's times, where they may have to be moved.</summary>
    /// <remarks>How far depends on the oldest alone, so that a file that grows keeps the times that it was sent with.</remarks>
    /// <exception cref="UserError">The file spans more time than has passed since 2000.</exception>
    public static EventTimes Of(InteractionFile file, ImportTimes times, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!file.HasTimes || times == ImportTimes.Keep)
        {
            return new EventTimes(TimeSpan.Zero);
        }

        var (oldest, newest) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
        foreach (var interaction in file.Read())
        {
            var time = interaction.Time!.Value;
            (oldest, newest) = (time < oldest ? time : oldest, time > newest ? time : newest);
        }

        var shift = Math.Max(0, Math.Ceiling((InteractionRules.EarliestTimestamp - oldest) / Step)) * Step;
        return shift == TimeSpan.Zero || newest + shift <= now
            ? new EventTimes(shift)
            : throw new UserError($"The file's times run from {oldest:O} to {newest:O}: more than has passed since 2000.");
    }

    /// <summary>The time to send: that of the file, and as many ticks of 100 ns as the line has lines before it, below a second, so that
    /// actions of one moment keep the order of the file.</summary>
    public DateTimeOffset For(FileInteraction interaction)
    {
        ArgumentNullException.ThrowIfNull(interaction);
        return interaction.Time is { } time ? time + shift + new TimeSpan(interaction.Line % TimeSpan.TicksPerSecond) : FirstLine.AddSeconds(interaction.Line);
    }
}
