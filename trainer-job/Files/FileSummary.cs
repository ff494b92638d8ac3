using System.Globalization;
using SasRec.Core.Events;

namespace SasRec.Trainer.Files;

/// <summary>What a file was found to hold once it was read to its end.</summary>
sealed class FileSummary
{
    const int MaxExamples = 3;

    readonly Dictionary<string, long> types = new(StringComparer.Ordinal);
    readonly List<string> rows = [];
    readonly List<string> refusals = [];
    long ups, downs, ownUps, ownDowns, ownTies;
    long previousTime;
    int forms;

    /// <summary>Interactions.</summary>
    public long Count { get; private set; }

    /// <summary>Lines of the file; rows of Parquet.</summary>
    public long Lines { get; set; }

    /// <summary>Blank lines, comments, headers, and lines that go on with a record.</summary>
    public long OtherLines { get; set; }

    /// <summary>Copies of the header in the middle of the file.</summary>
    public long RepeatedHeaders { get; set; }

    /// <summary>Lines that could not be read.</summary>
    public long Refused { get; private set; }

    /// <summary>Interactions of other types or lower values than asked for.</summary>
    public long LeftOut { get; set; }

    /// <summary>Records of type <see cref="Sighting.Type"/>, which are no interactions.</summary>
    public long Sightings { get; set; }

    /// <summary>Interactions whose event id the same user had before.</summary>
    public long RepeatedIds { get; set; }

    /// <summary>A line that repeats an event id and says something else; null where none does.</summary>
    public string? Conflict { get; set; }

    /// <summary>Interactions that equal the one before.</summary>
    public long Repeats { get; private set; }

    /// <summary>The oldest time, Unix milliseconds.</summary>
    public long Oldest { get; private set; } = long.MaxValue;

    /// <summary>The newest time, Unix milliseconds.</summary>
    public long Newest { get; private set; } = long.MinValue;

    /// <summary>How many times are before 2000, and the first of them.</summary>
    public (long Count, string? First) TooOld { get; private set; }

    /// <summary>How many times are after the present, and the first of them.</summary>
    public (long Count, string? First) TooNew { get; private set; }

    /// <summary>Counts an interaction.</summary>
    public void Add(bool hasTime, long time, bool sameUser, bool sameItem)
    {
        if (hasTime)
        {
            (Oldest, Newest) = (Math.Min(Oldest, time), Math.Max(Newest, time));
            if (Count > 0)
            {
                var (up, down) = (time > previousTime ? 1 : 0, time < previousTime ? 1 : 0);
                (ups, downs) = (ups + up, downs + down);
                if (sameUser)
                {
                    (ownUps, ownDowns, ownTies) = (ownUps + up, ownDowns + down, ownTies + (sameItem ? 0 : 1 - up - down));
                }
            }
        }

        Repeats += Count > 0 && sameUser && sameItem && (!hasTime || time == previousTime) ? 1 : 0;
        previousTime = time;
        Count++;
    }

    /// <summary>Notes how a time is written.</summary>
    public void AddForm(TimeForm form) => forms |= 1 << (int)form;

    /// <summary>Counts a type.</summary>
    public void AddType(string type) => types[type] = types.GetValueOrDefault(type) + 1;

    /// <summary>Notes a time that lies outside of what is accepted.</summary>
    public void AddOutside(bool isOld, long line, string text)
    {
        var first = $"line {line}, '{text}'";
        if (isOld)
        {
            TooOld = (TooOld.Count + 1, TooOld.First ?? first);
        }
        else
        {
            TooNew = (TooNew.Count + 1, TooNew.First ?? first);
        }
    }

    /// <summary>Whether another example is wanted.</summary>
    public bool WantsRow => rows.Count < MaxExamples;

    /// <summary>Keeps an example.</summary>
    public void AddRow(string text) => rows.Add(text);

    /// <summary>Counts a line that could not be read.</summary>
    public void Refuse(string message)
    {
        Refused++;
        if (refusals.Count < MaxExamples)
        {
            refusals.Add(message);
        }
    }

    /// <summary>Whether times fall from line to line, a tenth excepted: a newest-first export.</summary>
    public bool IsDescending => Falls(ups, downs) || (Falls(ownUps, ownDowns) && downs > ups / 2);

    static bool Falls(long ups, long downs) => downs >= 2 && ups <= downs / 10;

    /// <summary>What of the contents may be meant otherwise.</summary>
    public IEnumerable<FileDoubt> Doubts(FileLayout layout, ReadOptions options)
    {
        if (layout.PhantomHeader is { } phantom && options.Header == HeaderLine.Auto)
        {
            yield return phantom;
        }

        if (!layout.HasTimes)
        {
            if (!layout.IsPairs && options.Order == LineOrder.Auto)
            {
                yield return NoTime(layout);
            }

            yield break;
        }

        if (TooNew.Count > 0)
        {
            yield return new FileDoubt(
                $"{TooNew.Count:N0} of {Count:N0} times are after now: the first is on {TooNew.First}.", null,
                "Correct them, name another column with --columns time=NAME, or leave such lines out with --skip-bad.", read => read);
        }

        if (TooOld.Count > 0 && options.Times == FileTimes.Keep)
        {
            yield return new FileDoubt(
                $"{TooOld.Count:N0} of {Count:N0} times are before 2000: the first is on {TooOld.First}, the file runs from {Shown(Oldest)} to {Shown(Newest)}.",
                "Is that right?",
                "If that is right: --times fit. If not, correct them, or leave such lines out with --skip-bad.",
                read => read with { Times = FileTimes.Fit });
        }

        if (options.Order != LineOrder.Auto)
        {
            yield break;
        }

        if (Count > 1 && Oldest == Newest && !layout.IsPairs)
        {
            yield return new FileDoubt(
                $"All {Count:N0} times are the same, {Shown(Oldest)}.", "Are the lines in order of time, oldest first?",
                "If the lines are in order of time: --order file (oldest first) or --order newest-first. If not, name the column of the time: --columns time=NAME.",
                read => read with { Order = LineOrder.File });
        }
        else if (IsDescending && (ownTies > 0 || (forms & (1 << (int)TimeForm.Date)) != 0))
        {
            yield return new FileDoubt(
                $"The newest line comes first, and some times of a user are equal, so that their order is open.",
                "Are lines of the same time newest first too?",
                "If lines of the same time are newest first too: --order newest-first. If they are oldest first: --order file.",
                read => read with { Order = LineOrder.NewestFirst });
        }
    }

    static FileDoubt NoTime(FileLayout layout) => new(
        $"No column is known as the time among '{string.Join("', '", layout.Columns.Where(name => name.Length > 0))}'"
            + (layout.LikelyTime is { } likely ? $"; '{likely}' holds times." : "."),
        "Are the lines in order of time, oldest first?",
        $"Name the column: --columns time={layout.LikelyTime ?? "NAME"}. If there is none and the lines are in order of time: "
            + "--order file (oldest first) or --order newest-first.",
        read => read with { Order = LineOrder.File });

    /// <summary>What was understood, line by line.</summary>
    public IEnumerable<string> Describe(string name, FileLayout layout, ReadOptions options)
    {
        yield return $"{name}: {layout.Describe()}";
        yield return $"  {layout.DescribeColumns()}";
        yield return layout.HasTimes && Count > 0
            ? Text($"  {Count:N0} interactions from {Shown(Oldest)} to {Shown(Newest)} (UTC; {Forms()})")
            : Text($"  {Count:N0} interactions without times; ") + (options.Order == LineOrder.NewestFirst ? "the first line is the newest" : "the order of the lines counts");
        if (types.Count > 0)
        {
            var most = types.OrderByDescending(type => type.Value).ThenBy(type => type.Key, StringComparer.Ordinal).ToArray();
            const int Max = 10;
            yield return "  types: " + string.Join(", ", most.Take(Max).Select(type => Text($"{type.Key} {type.Value:N0}")))
                + (most.Length > Max ? Text($" and {most.Length - Max:N0} more") : "");
        }

        foreach (var row in rows)
        {
            yield return "  " + row;
        }

        if (layout.HasTimes && IsDescending)
        {
            yield return "  newest first in the file; the times put it in order";
        }

        foreach (var (count, what) in new[]
        {
            (Repeats, "interactions repeat the line before"), (RepeatedHeaders, "copies of the header were left out"),
            (LeftOut, "interactions were left out by --types or --min-value"), (Sightings, $"lines of type {Sighting.Type} are no interactions and were left out"),
            (RepeatedIds, "lines repeat an event id and were left out"),
        })
        {
            if (count > 0)
            {
                yield return Text($"  {count:N0} {what}");
            }
        }

        if (Conflict is not null)
        {
            yield return $"  conflict: {Conflict}";
        }

        if (Refused > 0)
        {
            yield return Text($"  {Refused:N0} of {Lines:N0} lines could not be read and were left out:");
            foreach (var refusal in refusals)
            {
                yield return "    " + refusal;
            }
        }
    }

    string Forms() => string.Join(" and ", Enum.GetValues<TimeForm>().Where(form => (forms & (1 << (int)form)) != 0).Select(form => form switch
    {
        TimeForm.Seconds => "Unix seconds",
        TimeForm.Milliseconds => "Unix milliseconds",
        TimeForm.Microseconds => "Unix microseconds",
        TimeForm.Nanoseconds => "Unix nanoseconds",
        TimeForm.Date => "dates",
        _ => "dates and times",
    }));

    /// <summary>A time as people read it.</summary>
    public static string Shown(long time) => time < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || time > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
        ? "a year beyond 9999"
        : DateTimeOffset.FromUnixTimeMilliseconds(time).ToString(time % 1000 == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    static string Text(FormattableString text) => FormattableString.Invariant(text);
}
