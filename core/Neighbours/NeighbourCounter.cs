using SasRec.Core.Sequences;

namespace SasRec.Core.Neighbours;

/// <summary>Counts item pairs in histories.</summary>
/// <remarks>
/// With n_i the actions on item i: t(i, j) = sum 1 / d / (n_i + 2) over the places where j follows i at a distance d of at most 3, and
/// c(i, j) = (places where i and j stand at most <see cref="CoOccurrenceWindow"/> apart, in either order) / sqrt(n_i n_j), the cosine of the
/// two items. An item that stands in a history again is left out of the counting, as it is no target, unless seen items are asked for. An
/// item keeps its <see cref="MaxNeighbours"/> strongest pairs.
/// </remarks>
public static class NeighbourCounter
{
    /// <summary>The most pairs of one item.</summary>
    public const int MaxNeighbours = 100;

    /// <summary>How far apart two items of a history still count as taken together.</summary>
    public const int CoOccurrenceWindow = 50;

    const int TransitionWindow = 3;
    const double Smoothing = 2;

    /// <summary>Counts.</summary>
    /// <param name="sequences">The histories.</param>
    /// <param name="strengths">What the table's counts add to a score.</param>
    /// <param name="cancellation">Ends the counting.</param>
    public static ItemNeighbours Count(
        SequenceDataset sequences, NeighbourStrengths strengths, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(strengths);
        var histories = Histories(sequences);
        var places = Places.Of(histories, sequences.ItemCount);
        var rows = new Row[sequences.ItemCount];
        Parallel.For(
            0, rows.Length, new ParallelOptions { CancellationToken = cancellation }, () => new Scratch(sequences.ItemCount),
            (item, _, scratch) =>
            {
                rows[item] = scratch.RowOf(item, histories, places);
                return scratch;
            },
            _ => { });
        var offsets = new int[rows.Length + 1];
        for (var item = 0; item < rows.Length; item++)
        {
            offsets[item + 1] = checked(offsets[item] + rows[item].Neighbours.Length);
        }

        return new ItemNeighbours(
            strengths,
            offsets,
            [.. rows.SelectMany(row => row.Neighbours)],
            [.. rows.SelectMany(row => row.Transitions)],
            [.. rows.SelectMany(row => row.CoOccurrences)]);
    }

    /// <summary>What is counted of each history.</summary>
    static int[][] Histories(SequenceDataset sequences)
    {
        var (histories, seen) = (new int[sequences.UserCount][], new ItemMarks(sequences.ItemCount));
        for (var user = 0; user < histories.Length; user++)
        {
            seen.Clear();
            var items = sequences.Items(user);
            var (kept, count) = (new int[items.Length], 0);
            foreach (var item in items)
            {
                if (seen.Add(item) || sequences.AsksForSeenItems)
                {
                    kept[count++] = item;
                }
            }

            histories[user] = count == kept.Length ? kept : kept[..count];
        }

        return histories;
    }

    sealed record Row(int[] Neighbours, float[] Transitions, float[] CoOccurrences);

    /// <summary>Where each item stands: item i at places Offsets[i] to Offsets[i + 1] - 1.</summary>
    sealed record Places(int[] Offsets, int[] Users, int[] Indices)
    {
        public int CountOf(int item) => Offsets[item + 1] - Offsets[item];

        public static Places Of(int[][] histories, int itemCount)
        {
            var offsets = new int[itemCount + 1];
            foreach (var history in histories)
            {
                foreach (var item in history)
                {
                    offsets[item + 1]++;
                }
            }

            for (var item = 0; item < itemCount; item++)
            {
                offsets[item + 1] += offsets[item];
            }

            var (next, users, indices) = (offsets[..^1], new int[offsets[^1]], new int[offsets[^1]]);
            for (var user = 0; user < histories.Length; user++)
            {
                for (var i = 0; i < histories[user].Length; i++)
                {
                    var place = next[histories[user][i]]++;
                    (users[place], indices[place]) = (user, i);
                }
            }

            return new Places(offsets, users, indices);
        }
    }

    /// <summary>One thread's sums.</summary>
    sealed class Scratch(int itemCount)
    {
        readonly double[] follow = new double[itemCount];
        readonly int[] together = new int[itemCount];
        readonly int[] touched = new int[itemCount];

        public Row RowOf(int item, int[][] histories, Places places)
        {
            var count = 0;
            for (var place = places.Offsets[item]; place < places.Offsets[item + 1]; place++)
            {
                var (history, at) = (histories[places.Users[place]], places.Indices[place]);
                var end = Math.Min(history.Length - 1, at + CoOccurrenceWindow);
                for (var i = Math.Max(0, at - CoOccurrenceWindow); i <= end; i++)
                {
                    var other = history[i];
                    if (other == item)
                    {
                        continue;
                    }

                    if (together[other]++ == 0)
                    {
                        touched[count++] = other;
                    }

                    if (i > at && i <= at + TransitionWindow)
                    {
                        follow[other] += 1.0 / (i - at);
                    }
                }
            }

            return Strongest(item, count, places);
        }

        Row Strongest(int item, int count, Places places)
        {
            var (own, found) = ((double)places.CountOf(item), new (double Strength, int Item, float T, float C)[count]);
            for (var i = 0; i < count; i++)
            {
                var other = touched[i];
                double others = places.CountOf(other);
                var t = follow[other] / (own + Smoothing);
                var c = together[other] / Math.Sqrt(own * others);
                var strength = (NeighbourStrengths.Alone.Transitions * Math.Log(1 + (t / ItemNeighbours.TransitionFloor)))
                    + (NeighbourStrengths.Alone.CoOccurrences * Math.Log(1 + (c / ItemNeighbours.CoOccurrenceFloor)));
                found[i] = (-strength, other, (float)t, (float)c);
                (follow[other], together[other]) = (0, 0);
            }

            Array.Sort(found);
            if (found.Length > MaxNeighbours)
            {
                found = found[..MaxNeighbours];
            }

            return new Row(
                Array.ConvertAll(found, pair => pair.Item), Array.ConvertAll(found, pair => pair.T), Array.ConvertAll(found, pair => pair.C));
        }
    }
}
