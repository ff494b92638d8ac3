using System.Runtime.InteropServices;
using SasRec.Core.Events;

namespace SasRec.Core.Sequences;

/// <summary>The interactions of some users in the order of their arrival, on their way into a dataset.</summary>
/// <remarks>A dataset in the making has many of these: the rows of one fit the second-level cache while they are put in order, where the
/// rows of all users would be read at random from memory.</remarks>
sealed class ArrivedRows
{
    const int FirstChunk = 64, LastChunk = 4096;

    readonly List<(int User, int Item, long Ticks)[]> chunks = [];
    readonly List<string?> eventIds = []; // Empty, or one of each row so far.
    readonly List<long> accepted = []; // Empty, or one of each row so far.
    readonly Dictionary<int, string> slates = [];
    readonly EventWeights weights = new();
    (int User, int Item, long Ticks)[] chunk = [];
    int written; // In the last chunk.

    /// <summary>How many rows there are.</summary>
    public int Count { get; private set; }

    /// <summary>The slates that rows came through.</summary>
    public IEnumerable<string> Slates => slates.Values;

    /// <summary>Adds a row.</summary>
    /// <param name="user">The user's number among those whose rows are here.</param>
    /// <param name="item">The item's number.</param>
    /// <param name="ticks">When, since the start of 1970.</param>
    /// <param name="meaning">What the event means.</param>
    public void Add(int user, int item, long ticks, EventMeaning meaning)
    {
        weights.Set(Count, meaning);
        if (written == chunk.Length)
        {
            chunk = new (int, int, long)[Math.Clamp(Count, FirstChunk, LastChunk)];
            chunks.Add(chunk);
            written = 0;
        }

        chunk[written++] = (user, item, ticks);
        Count++;
        if (accepted.Count > 0)
        {
            accepted.Add(ticks); // What is of no log has its time for its acceptance.
        }
    }

    /// <summary>Says which event the last row was, and through which slate it came.</summary>
    /// <param name="eventId">A user's second row with the same id is left out; null for none.</param>
    /// <param name="slate">The recommendation's id; null for none.</param>
    public void Name(string? eventId, string? slate)
    {
        if (eventId is not null)
        {
            CollectionsMarshal.SetCount(eventIds, Count);
            eventIds[^1] = eventId;
        }

        if (slate is not null)
        {
            slates[Count - 1] = slate;
        }
    }

    /// <summary>Says when the last row was accepted, which orders the events of one moment.</summary>
    /// <param name="ticks">Since the start of 1970.</param>
    public void Accept(long ticks)
    {
        if (accepted.Count == 0)
        {
            accepted.AddRange(Rows().Select(row => row.Ticks));
        }

        accepted[^1] = ticks;
    }

    /// <summary>The rows user by user, each user's in the order of the history.</summary>
    /// <param name="users">How many users there are.</param>
    /// <param name="numberOf">The number that a user has in the dataset, by the number here.</param>
    /// <param name="hasTimes">Whether the times mean anything.</param>
    public OrderedRows InOrder(int users, Func<int, int> numberOf, bool hasTimes)
    {
        if (eventIds.Count > 0)
        {
            CollectionsMarshal.SetCount(eventIds, Count);
        }

        var rows = Rows();
        var order = new HistoryOrder(rows, eventIds, accepted, weights).InOrder(users, out var starts);
        var left = order.Count(row => row >= 0);
        var ordered = new OrderedRows
        {
            Users = [.. Enumerable.Range(0, users).Select(numberOf)],
            Starts = new int[users + 1],
            Items = new int[left],
            Times = hasTimes ? new long[left] : null,
            Weights = order.Any(row => row >= 0 && weights[row] != 1) ? new float[left] : null,
            Slates = slates.Count == 0 ? null : [],
        };
        var next = 0;
        for (var user = 0; user < users; user++)
        {
            foreach (var row in order.AsSpan(starts[user]..starts[user + 1]))
            {
                if (row < 0)
                {
                    continue;
                }

                ordered.Items[next] = rows[row].Item;
                ordered.Times?[next] = rows[row].Ticks / TimeSpan.TicksPerMillisecond;
                ordered.Weights?[next] = weights[row];
                if (slates.TryGetValue(row, out var slate))
                {
                    ordered.Slates![next] = slate;
                }

                next++;
            }

            ordered.Starts[user + 1] = next;
        }

        return ordered;
    }

    (int User, int Item, long Ticks)[] Rows()
    {
        var rows = new (int User, int Item, long Ticks)[Count];
        var copied = 0;
        foreach (var part in chunks)
        {
            var length = Math.Min(part.Length, Count - copied);
            Array.Copy(part, 0, rows, copied, length);
            copied += length;
        }

        return rows;
    }
}

/// <summary>The interactions of some users, user by user in the order of their histories.</summary>
sealed class OrderedRows
{
    /// <summary>[users]: the number of each user in the dataset.</summary>
    public required int[] Users { get; init; }

    /// <summary>[users + 1]: where each user's rows begin.</summary>
    public required int[] Starts { get; init; }

    /// <summary>[rows]: the items' numbers.</summary>
    public required int[] Items { get; init; }

    /// <summary>[rows]: Unix milliseconds; null where the data has no times.</summary>
    public required long[]? Times { get; init; }

    /// <summary>[rows]: how much each counts; null where all count 1.</summary>
    public required float[]? Weights { get; init; }

    /// <summary>By row, the slate that it came through; null where none did.</summary>
    public required Dictionary<int, string>? Slates { get; init; }

    /// <summary>The same users with the end of each history.</summary>
    /// <param name="most">How many rows of a user stay at most.</param>
    /// <param name="since">From which time on, in Unix milliseconds; where there are no times, all are late enough.</param>
    public OrderedRows Newest(int most, long since)
    {
        var (first, starts) = (new int[Users.Length], new int[Users.Length + 1]);
        for (var place = 0; place < Users.Length; place++)
        {
            var end = Starts[place + 1];
            first[place] = Math.Max(Starts[place], end - Math.Min(most, end));
            while (Times is not null && first[place] < end && Times[first[place]] < since)
            {
                first[place]++;
            }

            starts[place + 1] = starts[place] + end - first[place];
        }

        Dictionary<int, string>? slates = null;
        for (var place = 0; place < Users.Length && Slates is not null; place++)
        {
            for (var row = first[place]; row < Starts[place + 1]; row++)
            {
                if (Slates.TryGetValue(row, out var slate))
                {
                    (slates ??= [])[starts[place] + row - first[place]] = slate;
                }
            }
        }

        return new OrderedRows
        {
            Users = Users, Starts = starts, Items = Cut(Items)!, Times = Cut(Times), Weights = Cut(Weights), Slates = slates,
        };

        T[]? Cut<T>(T[]? all)
        {
            var kept = all is null ? null : new T[starts[^1]];
            for (var place = 0; place < Users.Length && kept is not null; place++)
            {
                all.AsSpan(first[place]..Starts[place + 1]).CopyTo(kept.AsSpan(starts[place]));
            }

            return kept;
        }
    }
}
