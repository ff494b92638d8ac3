using System.Collections.Concurrent;

namespace SasRec.Core.Neighbours;

/// <summary>Counts of item pairs as a sparse table: for each item, the items that users turned to with it.</summary>
/// <remarks>
/// <para>A history h, newest item first without repeats, gives item j the sums
/// T_j = sum_a .7^a t(h_a, j) and C_j = sum_a .85^a c(h_a, j) over its newest <see cref="MaxItems"/> items, and the score
/// strength_t log(1 + T_j / .001) + strength_c log(1 + C_j / .01), which is 0 for an item that no item of the history has as a neighbour.
/// <see cref="NeighbourCounter"/> says what t and c are.</para>
/// <para>A network knows an item by an embedding that takes many actions to learn; the table knows a pair from its first
/// co-occurrence on. Logs of counts add to logits as a product of two opinions.</para>
/// </remarks>
public sealed class ItemNeighbours
{
    /// <summary>How many of the newest items of a history are looked up.</summary>
    public const int MaxItems = 15;

    internal const float TransitionFloor = 1e-3f;
    internal const float CoOccurrenceFloor = 1e-2f;
    const float TransitionDecay = 0.7f;
    const float CoOccurrenceDecay = 0.85f;

    readonly ConcurrentStack<Sums> free = new();

    /// <summary>A table.</summary>
    /// <param name="strengths">How much the counts add to a score.</param>
    /// <param name="offsets">[V + 1]: item i owns the pairs offsets[i] to offsets[i + 1] - 1.</param>
    /// <param name="neighbours">[pairs]: the other item of each pair.</param>
    /// <param name="transitions">[pairs]: t of each pair, finite and at least 0.</param>
    /// <param name="coOccurrences">[pairs]: c of each pair, finite and above 0.</param>
    /// <exception cref="ArgumentException">The lengths disagree, or a value is out of range.</exception>
    public ItemNeighbours(NeighbourStrengths strengths, int[] offsets, int[] neighbours, float[] transitions, float[] coOccurrences)
    {
        ArgumentNullException.ThrowIfNull(strengths);
        ArgumentNullException.ThrowIfNull(offsets);
        ArgumentNullException.ThrowIfNull(neighbours);
        ArgumentNullException.ThrowIfNull(transitions);
        ArgumentNullException.ThrowIfNull(coOccurrences);
        if (offsets.Length == 0 || offsets[0] != 0 || offsets[^1] != neighbours.Length
            || transitions.Length != neighbours.Length || coOccurrences.Length != neighbours.Length)
        {
            throw new ArgumentException("Offsets must run from 0 to the number of pairs, and each pair must have both counts.");
        }

        for (var item = 0; item + 1 < offsets.Length; item++)
        {
            if (offsets[item + 1] < offsets[item])
            {
                throw new ArgumentException($"The pairs of item {item} end before they begin.", nameof(offsets));
            }
        }

        for (var pair = 0; pair < neighbours.Length; pair++)
        {
            var (t, c) = (transitions[pair], coOccurrences[pair]);
            if ((uint)neighbours[pair] >= (uint)(offsets.Length - 1) || !(t >= 0 && float.IsFinite(t) && c > 0 && float.IsFinite(c)))
            {
                throw new ArgumentException(
                    $"Pair {pair} is with item {neighbours[pair]} of {offsets.Length - 1} and counts {t} and {c}; counts must be finite, "
                    + "the first at least 0, the second above 0.");
            }
        }

        Strengths = strengths.Validated();
        (Offsets, Neighbours, Transitions, CoOccurrences) = (offsets, neighbours, transitions, coOccurrences);
    }

    /// <summary>V: the size of the item vocabulary.</summary>
    public int ItemCount => Offsets.Length - 1;

    /// <summary>How many pairs there are.</summary>
    public int PairCount => Neighbours.Length;

    /// <summary>What it takes of memory, without buffers.</summary>
    public long Bytes => sizeof(int) * ((long)Offsets.Length + (3L * PairCount));

    /// <summary>How much the counts add to a score.</summary>
    public NeighbourStrengths Strengths { get; }

    internal int[] Offsets { get; }

    internal int[] Neighbours { get; }

    internal float[] Transitions { get; }

    internal float[] CoOccurrences { get; }

    /// <summary>The same counts with other strengths; shares this table's arrays.</summary>
    public ItemNeighbours With(NeighbourStrengths strengths) => new(strengths, Offsets, Neighbours, Transitions, CoOccurrences);

    /// <summary>The items that users turned to together with one, strongest first.</summary>
    /// <param name="item">0 to V - 1.</param>
    public ReadOnlySpan<int> Of(int item) => Neighbours.AsSpan(Offsets[item]..Offsets[item + 1]);

    /// <summary>Adds what the counts say after a history. Safe for any number of threads.</summary>
    /// <param name="history">Items, oldest first.</param>
    /// <param name="scores">[V]: receives the sum.</param>
    public void AddTo(ReadOnlySpan<int> history, Span<float> scores)
    {
        if (!Strengths.Any)
        {
            return;
        }

        if (!free.TryPop(out var sums))
        {
            sums = new Sums(ItemCount);
        }

        sums.Of(this, history);
        var (t, c) = ((float)Strengths.Transitions, (float)Strengths.CoOccurrences);
        for (var i = 0; i < sums.Count; i++)
        {
            scores[sums.Items[i]] += (t * sums.LogTransitions[i]) + (c * sums.LogCoOccurrences[i]);
        }

        free.Push(sums);
    }

    /// <summary>Adds what the counts say after each of many histories.</summary>
    /// <param name="histories">[B]: items, oldest first.</param>
    /// <param name="scores">[B, V]: receives the sums.</param>
    public void AddTo(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
    {
        ArgumentNullException.ThrowIfNull(histories);
        Parallel.For(0, histories.Count, i => AddTo(histories[i].Span, scores.Span.Slice(i * ItemCount, ItemCount)));
    }

    /// <summary>What the counts say after one history: the items that have any, and the two logs of each.</summary>
    internal sealed class Sums(int itemCount)
    {
        readonly float[] transitions = new float[itemCount];
        readonly float[] coOccurrences = new float[itemCount];

        public int[] Items { get; } = new int[itemCount];

        /// <summary>[Count]: log(1 + T / .001).</summary>
        public float[] LogTransitions { get; } = new float[itemCount];

        /// <summary>[Count]: log(1 + C / .01).</summary>
        public float[] LogCoOccurrences { get; } = new float[itemCount];

        public int Count { get; private set; }

        public void Of(ItemNeighbours table, ReadOnlySpan<int> history)
        {
            Count = 0;
            Span<int> used = stackalloc int[MaxItems];
            var (distinct, t, c) = (0, 1f, 1f);
            for (var place = history.Length - 1; place >= 0 && distinct < MaxItems; place--)
            {
                var item = history[place];
                if (used[..distinct].Contains(item))
                {
                    continue;
                }

                used[distinct++] = item;
                for (var pair = table.Offsets[item]; pair < table.Offsets[item + 1]; pair++)
                {
                    var other = table.Neighbours[pair];
                    if (coOccurrences[other] == 0)
                    {
                        Items[Count++] = other;
                    }

                    transitions[other] += t * table.Transitions[pair];
                    coOccurrences[other] += c * table.CoOccurrences[pair];
                }

                (t, c) = (t * TransitionDecay, c * CoOccurrenceDecay);
            }

            for (var i = 0; i < Count; i++)
            {
                var item = Items[i];
                LogTransitions[i] = MathF.Log(1 + (transitions[item] / TransitionFloor));
                LogCoOccurrences[i] = MathF.Log(1 + (coOccurrences[item] / CoOccurrenceFloor));
                (transitions[item], coOccurrences[item]) = (0, 0);
            }
        }
    }
}
