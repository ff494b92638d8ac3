using SasRec.Core.Events;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Import;

/// <summary>The time that each interaction of a file is sent with: a pure function of the file.</summary>
public sealed class EventTimes
{
    /// <summary>Where the newest time of a moved file comes to lie.</summary>
    public static readonly DateTimeOffset FitTo = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // A file without times gets a second a line from here: the order is kept, and 150 million lines stay in the past.
    static readonly DateTimeOffset FirstLine = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    readonly TimeSpan shift;

    EventTimes(TimeSpan shift) => this.shift = shift;

    /// <summary>Looks through a file's times, where they may have to be moved.</summary>
    /// <exception cref="UserError">The file spans more time than there is from 2000 to <see cref="FitTo"/>.</exception>
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

        if (oldest > newest || (oldest >= InteractionRules.EarliestTimestamp && newest <= now))
        {
            return new EventTimes(TimeSpan.Zero);
        }

        var shift = FitTo - newest;
        return oldest + shift >= InteractionRules.EarliestTimestamp
            ? new EventTimes(shift)
            : throw new UserError($"The file's times run from {oldest:O} to {newest:O}: more than fits between 2000 and {FitTo:yyyy}.");
    }

    /// <summary>The time to send.</summary>
    public DateTimeOffset For(FileInteraction interaction)
    {
        ArgumentNullException.ThrowIfNull(interaction);
        return interaction.Time is { } time ? time + shift : FirstLine.AddSeconds(interaction.Line);
    }
}
