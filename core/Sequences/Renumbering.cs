namespace SasRec.Core.Sequences;

/// <summary>Histories over another item vocabulary.</summary>
public static class Renumbering
{
    /// <summary>The same histories with other item indices, without weights.</summary>
    /// <param name="sequences">The histories.</param>
    /// <param name="own">[V]: each item's index in the other vocabulary; -1 leaves its actions out.</param>
    /// <param name="count">V of the other vocabulary.</param>
    /// <exception cref="ArgumentException">There is not one index an item.</exception>
    public static SequenceDataset Renumbered(this SequenceDataset sequences, int[] own, int count)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(own);
        if (own.Length != sequences.ItemCount)
        {
            throw new ArgumentException($"There are {own.Length} indices for {sequences.ItemCount} items.", nameof(own));
        }

        var (offsets, items, times) = (new int[sequences.UserCount + 1], new List<int>(), new List<long>());
        for (var user = 0; user < sequences.UserCount; user++)
        {
            var history = sequences.Items(user);
            var moments = sequences.Times(user);
            for (var place = 0; place < history.Length; place++)
            {
                if (own[history[place]] >= 0)
                {
                    items.Add(own[history[place]]);
                    if (sequences.HasTimes)
                    {
                        times.Add(moments[place]);
                    }
                }
            }

            offsets[user + 1] = items.Count;
        }

        return new SequenceDataset(count, offsets, [.. items], sequences.HasTimes ? [.. times] : null)
        {
            AsksForSeenItems = sequences.AsksForSeenItems,
        };
    }
}
