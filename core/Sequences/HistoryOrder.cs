using System.Runtime.InteropServices;

namespace SasRec.Core.Sequences;

/// <summary>Puts the rows of a dataset in the making in the order of histories, without duplicates and without what users turned down.</summary>
/// <param name="rows">[R]: the rows in order of arrival.</param>
/// <param name="eventIds">[R]: the rows' event ids; empty where none has one.</param>
/// <param name="weights">What the rows' events mean.</param>
sealed class HistoryOrder(List<(int User, int Item, long Ticks)> rows, List<string?> eventIds, EventWeights weights)
{
    /// <summary>[R] row numbers by user, each user's in time order; -1 stands for a row that goes.</summary>
    /// <param name="users">How many users there are.</param>
    /// <param name="starts">[users + 1]: where each user's rows begin.</param>
    /// <param name="items">[R]: the item of each of them, -1 for a row that goes; later passes read these in sequence and not the rows at random.</param>
    public int[] InOrder(int users, out int[] starts, out int[] items)
    {
        starts = new int[users + 1];
        foreach (var row in CollectionsMarshal.AsSpan(rows))
        {
            starts[row.User + 1]++;
        }

        for (var user = 0; user < users; user++)
        {
            starts[user + 1] += starts[user];
        }

        var ordered = new int[rows.Count];
        var next = starts.AsSpan(0, users).ToArray();
        for (var row = 0; row < rows.Count; row++)
        {
            ordered[next[rows[row].User]++] = row;
        }

        var (ends, itemOf) = (starts, new int[rows.Count]);
        Parallel.For(0, users, user =>
        {
            var mine = ordered.AsSpan(ends[user]..ends[user + 1]);
            Sort(mine);
            DropDuplicates(mine);
            DropTurnedDown(mine);
            for (var i = ends[user]; i < ends[user + 1]; i++)
            {
                itemOf[i] = ordered[i] >= 0 ? rows[ordered[i]].Item : -1;
            }
        });

        items = itemOf;
        return ordered;
    }

    /// <summary>By time, event id and arrival; most files are in this order already.</summary>
    void Sort(Span<int> mine)
    {
        for (var i = 1; i < mine.Length; i++)
        {
            if (ByTimeThenEventId(mine[i - 1], mine[i]) > 0)
            {
                mine.Sort(ByTimeThenEventId);
                return;
            }
        }
    }

    int ByTimeThenEventId(int a, int b)
    {
        var order = rows[a].Ticks.CompareTo(rows[b].Ticks);
        if (order == 0 && eventIds.Count > 0)
        {
            order = string.CompareOrdinal(eventIds[a], eventIds[b]);
        }

        return order == 0 ? a.CompareTo(b) : order;
    }

    /// <summary>Keeps the first of each event id: the earliest time, where a redelivery was given another.</summary>
    void DropDuplicates(Span<int> ordered)
    {
        if (eventIds.Count == 0 || ordered.Length < 2)
        {
            return;
        }

        var seen = new HashSet<string>(ordered.Length, StringComparer.Ordinal);
        foreach (ref var row in ordered)
        {
            if (eventIds[row] is { } id && !seen.Add(id))
            {
                row = -1;
            }
        }
    }

    /// <summary>Drops events that turn items down, and what the user did before with an item whose newest event turns it down.</summary>
    void DropTurnedDown(Span<int> ordered)
    {
        var any = false;
        foreach (var row in ordered)
        {
            any |= row >= 0 && weights.TurnsDown(row);
        }

        if (!any)
        {
            return;
        }

        var wanted = new Dictionary<int, bool>();
        for (var i = ordered.Length - 1; i >= 0; i--)
        {
            ref var row = ref ordered[i];
            if (row >= 0)
            {
                var (item, down) = (rows[row].Item, weights.TurnsDown(row));
                wanted.TryAdd(item, !down);
                row = down || !wanted[item] ? -1 : row;
            }
        }
    }
}
