using SasRec.Core.Events;

namespace SasRec.Core.Sequences;

/// <summary>Puts rows in the order of histories, without duplicates and without what users turned down.</summary>
/// <param name="rows">[R]: the rows in order of arrival.</param>
/// <param name="eventIds">[R]: the rows' event ids; empty where none has one.</param>
/// <param name="accepted">[R]: when the rows were accepted, in ticks; empty where the rows are of no log.</param>
/// <param name="weights">What the rows' events mean.</param>
sealed class HistoryOrder((int User, int Item, long Ticks)[] rows, List<string?> eventIds, List<long> accepted, EventWeights weights)
{
    // Up to here, moving rows one by one is faster than a sort that calls a comparison.
    const int Few = 32;

    /// <summary>[R] row numbers by user, each user's in time order; -1 stands for a row that goes.</summary>
    /// <param name="users">How many users there are.</param>
    /// <param name="starts">[users + 1]: where each user's rows begin.</param>
    public int[] InOrder(int users, out int[] starts)
    {
        starts = new int[users + 1];
        foreach (var row in rows)
        {
            starts[row.User + 1]++;
        }

        for (var user = 0; user < users; user++)
        {
            starts[user + 1] += starts[user];
        }

        var ordered = new int[rows.Length];
        var next = starts.AsSpan(0, users).ToArray();
        for (var row = 0; row < rows.Length; row++)
        {
            ordered[next[rows[row].User]++] = row;
        }

        for (var user = 0; user < users; user++)
        {
            var mine = ordered.AsSpan(starts[user]..starts[user + 1]);
            Sort(mine);
            DropDuplicates(mine);
            DropTurnedDown(mine);
        }

        return ordered;
    }

    /// <summary>By time and acceptance, event id and arrival; most files are in this order already.</summary>
    void Sort(Span<int> mine)
    {
        for (var i = 1; i < mine.Length; i++)
        {
            if (Earlier(mine[i - 1], mine[i]) > 0)
            {
                if (mine.Length > Few)
                {
                    mine.Sort(Earlier);
                    return;
                }

                var (row, place) = (mine[i], i);
                for (; place > 0 && Earlier(mine[place - 1], row) > 0; place--)
                {
                    mine[place] = mine[place - 1];
                }

                mine[place] = row;
            }
        }
    }

    int Earlier(int a, int b)
    {
        var order = accepted.Count == 0
            ? rows[a].Ticks.CompareTo(rows[b].Ticks)
            : AcceptanceOrder.Compare(rows[a].Ticks, accepted[a], rows[b].Ticks, accepted[b]);
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
        if (weights.IsEmpty)
        {
            return;
        }

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
