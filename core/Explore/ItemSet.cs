using System.Numerics;

namespace SasRec.Core.Explore;

/// <summary>A set of catalogue indices, one bit each: what the filters of a request leave eligible.</summary>
public sealed class ItemSet
{
    readonly ulong[] words;

    ItemSet(int capacity, ulong[] words) => (Capacity, this.words) = (capacity, words);

    /// <summary>V: the indices that the set can hold are 0..V-1.</summary>
    public int Capacity { get; }

    /// <summary>How many indices are in the set.</summary>
    public int Count => CountBits(words);

    /// <summary>[ceil(V / 64)]: bit i % 64 of word i / 64 says whether i is in the set; bits from V on are 0.</summary>
    public ReadOnlySpan<ulong> Words => words;

    /// <summary>The empty set over a catalogue.</summary>
    /// <param name="capacity">V: the size of the catalogue.</param>
    public static ItemSet None(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        return new(capacity, new ulong[WordCount(capacity)]);
    }

    /// <summary>The whole catalogue.</summary>
    /// <param name="capacity">V: the size of the catalogue.</param>
    public static ItemSet All(int capacity)
    {
        var set = None(capacity);
        FillAll(set.words, capacity);
        return set;
    }

    /// <summary>The whole catalogue but some items.</summary>
    /// <param name="capacity">V: the size of the catalogue.</param>
    /// <param name="excluded">The indices left out, in any order, repeats allowed.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the catalogue.</exception>
    public static ItemSet AllBut(int capacity, ReadOnlySpan<int> excluded)
    {
        var set = All(capacity);
        foreach (var item in excluded)
        {
            set.Remove(item);
        }

        return set;
    }

    /// <summary>Some items of the catalogue.</summary>
    /// <param name="capacity">V: the size of the catalogue.</param>
    /// <param name="items">The indices, in any order, repeats allowed.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the catalogue.</exception>
    public static ItemSet Of(int capacity, ReadOnlySpan<int> items)
    {
        var set = None(capacity);
        foreach (var item in items)
        {
            set.Add(item);
        }

        return set;
    }

    /// <summary>Adds an item; nothing happens if it is in the set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the catalogue.</exception>
    public void Add(int item) => words[Checked(item) >> 6] |= 1UL << item;

    /// <summary>Removes an item; nothing happens if it is not in the set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the catalogue.</exception>
    public void Remove(int item) => words[Checked(item) >> 6] &= ~(1UL << item);

    /// <summary>A set of the same items, to be changed by itself.</summary>
    public ItemSet Copy() => new(Capacity, [.. words]);

    /// <summary>Keeps only what another set holds too.</summary>
    /// <exception cref="ArgumentException">The other set is over another catalogue.</exception>
    public void IntersectWith(ItemSet other)
    {
        var others = Same(other);
        for (var i = 0; i < words.Length; i++)
        {
            words[i] &= others[i];
        }
    }

    /// <summary>Adds what another set holds.</summary>
    /// <exception cref="ArgumentException">The other set is over another catalogue.</exception>
    public void UnionWith(ItemSet other)
    {
        var others = Same(other);
        for (var i = 0; i < words.Length; i++)
        {
            words[i] |= others[i];
        }
    }

    /// <summary>Removes what another set holds.</summary>
    /// <exception cref="ArgumentException">The other set is over another catalogue.</exception>
    public void ExceptWith(ItemSet other)
    {
        var others = Same(other);
        for (var i = 0; i < words.Length; i++)
        {
            words[i] &= ~others[i];
        }
    }

    /// <summary>Whether an item is in the set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the catalogue.</exception>
    public bool Contains(int item) => (words[Checked(item) >> 6] >> item & 1) != 0;

    /// <summary>How many of the set's indices are below one.</summary>
    internal int CountBelow(int end)
    {
        var whole = CountBits(words.AsSpan(0, end >> 6));
        return (end & 63) == 0 ? whole : whole + BitOperations.PopCount(words[end >> 6] & ((1UL << end) - 1));
    }

    internal static int WordCount(int capacity) => (int)(((uint)capacity + 63) / 64);

    internal static void FillAll(Span<ulong> words, int capacity)
    {
        words.Fill(ulong.MaxValue);
        if ((capacity & 63) != 0)
        {
            words[^1] = (1UL << capacity) - 1;
        }
    }

    internal static int CountBits(ReadOnlySpan<ulong> words)
    {
        var count = 0;
        foreach (var word in words)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    ulong[] Same(ItemSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other.Capacity == Capacity
            ? other.words
            : throw new ArgumentException($"The sets are over {Capacity} and {other.Capacity} items; they must be over as many.", nameof(other));
    }

    int Checked(int item)
    {
        if ((uint)item >= (uint)Capacity)
        {
            throw new ArgumentOutOfRangeException(nameof(item), item, $"The item must be 0 to {Capacity - 1}.");
        }

        return item;
    }
}
