namespace SasRec.Core.Sequences;

/// <summary>How often each item of a dataset was acted on.</summary>
public static class ItemCounts
{
    /// <summary>[V]: interactions of all time.</summary>
    public static int[] AllTime(SequenceDataset sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        var counts = new int[sequences.ItemCount];
        for (var user = 0; user < sequences.UserCount; user++)
        {
            foreach (var item in sequences.Items(user))
            {
                counts[item]++;
            }
        }

        return counts;
    }

    /// <summary>[V]: interactions no older than <paramref name="span"/> before the dataset's newest; all 0 where it has no times.</summary>
    public static int[] Recent(SequenceDataset sequences, TimeSpan span)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        var counts = new int[sequences.ItemCount];
        if (sequences.TimeRange() is not var (_, newest))
        {
            return counts;
        }

        var since = newest - (long)span.TotalMilliseconds;
        for (var user = 0; user < sequences.UserCount; user++)
        {
            var items = sequences.Items(user);
            var times = sequences.Times(user);
            for (var i = times.Length - 1; i >= 0 && times[i] >= since; i--)
            {
                counts[items[i]]++;
            }
        }

        return counts;
    }

    /// <summary>The oldest and the newest time in Unix milliseconds; null where there are no times or no interactions.</summary>
    public static (long Oldest, long Newest)? TimeRange(this SequenceDataset sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        var (oldest, newest) = (long.MaxValue, long.MinValue);
        for (var user = 0; user < sequences.UserCount; user++)
        {
            if (sequences.Times(user) is [var first, ..] times)
            {
                (oldest, newest) = (Math.Min(oldest, first), Math.Max(newest, times[^1]));
            }
        }

        return oldest <= newest ? (oldest, newest) : null;
    }
}
