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

    // 8 bytes each: what the counting takes of memory beside the histories. Each block is a pass over them.
    const int BlockPlaces = 8_000_000;

    // Pairs that wait to be sorted among the strongest.
    const int Candidates = 1_000;

    /// <summary>Counts.</summary>
    /// <param name="sequences">The histories.</param>
    /// <param name="strengths">What the table's counts add to a score.</param>
    /// <param name="onProgress">Told, by several threads, how many items were newly counted.</param>
    /// <param name="cancellation">Ends the counting.</param>
    public static ItemNeighbours Count(
        SequenceDataset sequences, NeighbourStrengths strengths, Action<int>? onProgress = null, CancellationToken cancellation = default) =>
        Count(sequences, strengths, BlockPlaces, onProgress, cancellation);

    /// <summary>The same with blocks of another size.</summary>
    internal static ItemNeighbours Count(
        SequenceDataset sequences, NeighbourStrengths strengths, int blockPlaces, Action<int>? onProgress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(strengths);
        var histories = CountedHistories.Of(sequences, cancellation);
        var rows = new Row[sequences.ItemCount];
        var parallel = new ParallelOptions { CancellationToken = cancellation };
        for (var (first, end) = (0, 0); first < rows.Length; first = end)
        {
            end = EndOfBlock(histories.Counts, first, blockPlaces);
            var places = histories.PlacesOf(first, end, cancellation);
            Parallel.For(
                first, end, parallel, () => new Scratch(histories, cancellation),
                (item, _, scratch) =>
                {
                    rows[item] = scratch.RowOf(item, places.Of(item));
                    onProgress?.Invoke(1);
                    return scratch;
                },
                _ => { });
        }

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

    /// <summary>The end of the items whose places are listed together: as many as have so many, one at least.</summary>
    static int EndOfBlock(int[] counts, int first, int most)
    {
        var (end, places) = (first + 1, (long)counts[first]);
        while (end < counts.Length && places + counts[end] <= most)
        {
            places += counts[end++];
        }

        return end;
    }

    sealed record Row(int[] Neighbours, float[] Transitions, float[] CoOccurrences);

    /// <summary>One thread's sums.</summary>
    sealed class Scratch(CountedHistories histories, CancellationToken cancellation)
    {
        readonly double[] follow = new double[histories.Counts.Length];
        readonly int[] together = new int[histories.Counts.Length];
        readonly int[] touched = new int[histories.Counts.Length];

        // Strength first, negative, so that the strongest sort to the front, and of equals the first item.
        readonly (double Strength, int Item, float T, float C)[] found = new (double, int, float, float)[Candidates];

        public Row RowOf(int item, ReadOnlySpan<(int User, int Index)> places)
        {
            var count = 0;
            for (var place = 0; place < places.Length; place++)
            {
                if (place % 4096 == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }

                var (user, at) = places[place];
                var history = histories.Of(user);
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

            return Strongest(places.Length, touched.AsSpan(0, count));
        }

        /// <summary>The strongest pairs, strongest first. A popular item has pairs with most others, so they are not all sorted.</summary>
        Row Strongest(double own, ReadOnlySpan<int> others)
        {
            var (kept, weakest) = (0, double.PositiveInfinity);
            foreach (var other in others)
            {
                var t = follow[other] / (own + Smoothing);
                var c = together[other] / Math.Sqrt(own * histories.Counts[other]);
                (follow[other], together[other]) = (0, 0);
                var strength = (NeighbourStrengths.Alone.Transitions * Math.Log(1 + (t / ItemNeighbours.TransitionFloor)))
                    + (NeighbourStrengths.Alone.CoOccurrences * Math.Log(1 + (c / ItemNeighbours.CoOccurrenceFloor)));
                if (-strength > weakest)
                {
                    continue;
                }

                found[kept++] = (-strength, other, (float)t, (float)c);
                if (kept == found.Length)
                {
                    Array.Sort(found);
                    (kept, weakest) = (MaxNeighbours, found[MaxNeighbours - 1].Strength);
                }
            }

            Array.Sort(found, 0, kept);
            var strongest = found[..Math.Min(kept, MaxNeighbours)];
            return new Row(
                Array.ConvertAll(strongest, pair => pair.Item),
                Array.ConvertAll(strongest, pair => pair.T),
                Array.ConvertAll(strongest, pair => pair.C));
        }
    }
}
