using System.Globalization;
using System.Runtime.InteropServices;
using SasRec.Core.Contracts;
using SasRec.Core.Events;
using SasRec.Trainer.Console;
using SasRec.Trainer.Files;

namespace SasRec.Trainer.Import;

/// <summary>The times that a file's interactions are sent with.</summary>
/// <remarks>
/// What a user did at one moment keeps the file's order: each further interaction of the moment is a millisecond later (or earlier, in a
/// file that is newest first). A file without times gets a second a line from 2020 on. Costs some 40 bytes a line.
/// </remarks>
sealed class EventTimes
{
    /// <summary>What a file is moved by, once or several times over: 400 weeks, so that days of the week stay.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromDays(7 * 400);

    // A file without times gets a second a line from here: the order is kept, and 150 million lines stay in the past.
    static readonly DateTimeOffset FirstLine = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    readonly Dictionary<UInt128, int> moments = []; // by user and time, how many interactions there were
    readonly TimeSpan shift;
    readonly bool isNewestFirst;
    readonly long lines;

    EventTimes(TimeSpan shift, bool isNewestFirst, long lines) => (this.shift, this.isNewestFirst, this.lines) = (shift, isNewestFirst, lines);

    /// <summary>The times of a file that was read to its end.</summary>
    /// <remarks>How far times are moved depends on the oldest alone, so that a file that grows keeps the times that it was sent with.</remarks>
    /// <exception cref="UserError">The file spans more time than has passed since 2000.</exception>
    public static EventTimes Of(InteractionFile file)
    {
        var (summary, options) = (file.Summary!, file.Options);
        var shift = TimeSpan.Zero;
        if (file.HasTimes && options.Times == FileTimes.Fit)
        {
            var (oldest, newest) = (DateTimeOffset.FromUnixTimeMilliseconds(summary.Oldest), DateTimeOffset.FromUnixTimeMilliseconds(summary.Newest));
            shift = Math.Max(0, Math.Ceiling((InteractionRules.EarliestTimestamp - oldest) / Step)) * Step;
            if (shift > TimeSpan.Zero && newest + shift > options.Now)
            {
                throw new UserError($"The file's times run from {oldest:O} to {newest:O}: more than has passed since 2000.") { Code = ExitCode.Usage };
            }
        }

        return new EventTimes(shift, options.Order == LineOrder.NewestFirst, summary.Lines);
    }

    /// <summary>The time of the next interaction of the file; each must be asked for once, in order.</summary>
    public DateTimeOffset Next(FileInteraction interaction)
    {
        if (interaction.Time is not { } time)
        {
            return FirstLine.AddSeconds(isNewestFirst ? lines - interaction.Line : interaction.Line);
        }

        ref var before = ref CollectionsMarshal.GetValueRefOrAddDefault(moments, ContentHash.Of(interaction.UserId, time.UtcTicks.ToString(CultureInfo.InvariantCulture)), out _);
        return time + shift + TimeSpan.FromMilliseconds(isNewestFirst ? -before++ : before++);
    }
}
