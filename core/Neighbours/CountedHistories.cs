using SasRec.Core.Sequences;

namespace SasRec.Core.Neighbours;

/// <summary>What of each history is counted, packed end to end: an item that stands in it again is left out, unless seen items are asked for.</summary>
sealed class CountedHistories
{
    readonly int[] offsets; // [users + 1]
    readonly int[] items;

    CountedHistories(int[] offsets, int[] items, int[] counts) => (this.offsets, this.items, Counts) = (offsets, items, counts);

    /// <summary>[V]: the places of each item.</summary>
    public int[] Counts { get; }

    /// <summary>One user's items, oldest first.</summary>
    public ReadOnlySpan<int> Of(int user) => items.AsSpan(offsets[user]..offsets[user + 1]);

    /// <summary>Packs what is counted.</summary>
    public static CountedHistories Of(SequenceDataset sequences, CancellationToken cancellation)
    {
        var (offsets, items, next) = (new int[sequences.UserCount + 1], new int[sequences.InteractionCount], 0);
        var (counts, seen) = (new int[sequences.ItemCount], new ItemMarks(sequences.ItemCount));
        for (var user = 0; user < sequences.UserCount; user++)
        {
            if (user % 10_000 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            seen.Clear();
            foreach (var item in sequences.Items(user))
            {
                if (seen.Add(item) || sequences.AsksForSeenItems)
                {
                    items[next++] = item;
                    counts[item]++;
                }
            }

            offsets[user + 1] = next;
        }

        return new CountedHistories(offsets, items, counts);
    }

    /// <summary>Where the items from <paramref name="first"/> to <paramref name="end"/> - 1 stand, each item's places in the order of users.</summary>
    public ItemPlaces PlacesOf(int first, int end, CancellationToken cancellation)
    {
        var starts = new int[end - first + 1];
        for (var item = first; item < end; item++)
        {
            starts[item - first + 1] = starts[item - first] + Counts[item];
        }

        var (next, places) = (starts[..^1], new (int User, int Index)[starts[^1]]);
        for (var user = 0; user + 1 < offsets.Length; user++)
        {
            if (user % 10_000 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            var history = Of(user);
            for (var index = 0; index < history.Length; index++)
            {
                // As unsigned numbers, what is below the first is above the end.
                var item = (uint)(history[index] - first);
                if (item < (uint)next.Length)
                {
                    places[next[item]++] = (user, index);
                }
            }
        }

        return new ItemPlaces(first, starts, places);
    }
}

/// <summary>Where some consecutive items stand.</summary>
/// <param name="First">The first of the items.</param>
/// <param name="Starts">[items + 1]: where the places of each begin.</param>
/// <param name="All">The users, and the place in what is counted of their history.</param>
sealed record ItemPlaces(int First, int[] Starts, (int User, int Index)[] All)
{
    /// <summary>One item's places.</summary>
    public ReadOnlySpan<(int User, int Index)> Of(int item) => All.AsSpan(Starts[item - First]..Starts[item - First + 1]);
}
