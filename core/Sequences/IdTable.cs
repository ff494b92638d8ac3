namespace SasRec.Core.Sequences;

/// <summary>Distinct ids, numbered from 0 by first arrival.</summary>
/// <remarks>
/// A hash table with open addressing and linear probing; the characters stand in blocks, without an object for each id. With many ids a search
/// waits three times for memory: for the slot, for the place of the id, for its characters. <see cref="IndexOf(ReadOnlySpan{char},
/// ReadOnlySpan{ValueTuple{int, int}}, Span{int})"/> makes each of these steps for many ids at once, so that the waits overlap; at 500,000 ids
/// that takes about 40% of a dictionary's time.
/// </remarks>
sealed class IdTable
{
    const int BlockBits = 20;
    const int LengthBits = 16;

    // At most three cache lines each: they stay in the second-level cache from one step to the next.
    const int AtOnce = 1024;

    readonly List<char[]> blocks = [new char[1 << BlockBits]];
    readonly int[] hashes = new int[AtOnce];
    readonly ulong[] found = new ulong[AtOnce];
    ulong[] slots = new ulong[1 << 10]; // The hash in the upper half, the number of the id plus 1 in the lower; 0 is free.
    long[] places = new long[1 << 9]; // [ids]: block, place in the block and length.
    int written; // In the last block.

    /// <summary>How many ids there are.</summary>
    public int Count { get; private set; }

    /// <summary>The id of a number.</summary>
    public string this[int index] => Characters(places[index]).ToString();

    /// <summary>The number of an id, which becomes known by that.</summary>
    public int IndexOf(ReadOnlySpan<char> id)
    {
        Reserve(1);
        return Find(string.GetHashCode(id), id);
    }

    /// <summary>The numbers of ids, which become known by that.</summary>
    /// <param name="text">Where the ids stand.</param>
    /// <param name="ids">Where each begins, and its length.</param>
    /// <param name="indices">Receives the numbers.</param>
    public void IndexOf(ReadOnlySpan<char> text, ReadOnlySpan<(int Start, int Length)> ids, Span<int> indices)
    {
        for (var from = 0; from < ids.Length; from += AtOnce)
        {
            var count = Math.Min(AtOnce, ids.Length - from);
            IndexOfSome(text, ids.Slice(from, count), indices.Slice(from, count));
        }
    }

    void IndexOfSome(ReadOnlySpan<char> text, ReadOnlySpan<(int Start, int Length)> ids, Span<int> indices)
    {
        Reserve(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            hashes[i] = string.GetHashCode(text.Slice(ids[i].Start, ids[i].Length));
        }

        var mask = slots.Length - 1;
        for (var i = 0; i < ids.Length; i++)
        {
            found[i] = slots[hashes[i] & mask];
        }

        var touched = 0;
        for (var i = 0; i < ids.Length; i++)
        {
            found[i] = found[i] == 0 ? 0 : (ulong)places[(int)(uint)found[i] - 1];
        }

        for (var i = 0; i < ids.Length; i++)
        {
            touched += Characters((long)found[i]) is [var first, ..] ? first : 0;
        }

        // What was touched is near now; only that was wanted.
        GC.KeepAlive(touched);
        for (var i = 0; i < ids.Length; i++)
        {
            indices[i] = Find(hashes[i], text.Slice(ids[i].Start, ids[i].Length));
        }
    }

    int Find(int hash, ReadOnlySpan<char> id)
    {
        var mask = slots.Length - 1;
        for (var at = hash & mask; ; at = (at + 1) & mask)
        {
            var slot = slots[at];
            if (slot == 0)
            {
                slots[at] = ((ulong)(uint)hash << 32) | (uint)(Count + 1);
                return Add(id);
            }

            if ((uint)(slot >> 32) == (uint)hash && Characters(places[(int)(uint)slot - 1]).SequenceEqual(id))
            {
                return (int)(uint)slot - 1;
            }
        }
    }

    int Add(ReadOnlySpan<char> id)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(id.Length, (1 << LengthBits) - 1);
        if (written + id.Length > 1 << BlockBits)
        {
            blocks.Add(new char[1 << BlockBits]);
            written = 0;
        }

        id.CopyTo(blocks[^1].AsSpan(written));
        if (Count == places.Length)
        {
            Array.Resize(ref places, 2 * Count);
        }

        places[Count] = ((long)(blocks.Count - 1) << (BlockBits + LengthBits)) | ((long)written << LengthBits) | (uint)id.Length;
        written += id.Length;
        return Count++;
    }

    ReadOnlySpan<char> Characters(long place) => blocks[(int)(place >> (BlockBits + LengthBits))]
        .AsSpan((int)(place >> LengthBits) & ((1 << BlockBits) - 1), (int)place & ((1 << LengthBits) - 1));

    /// <summary>Makes room for so many more, so that at least half of the slots stay free.</summary>
    void Reserve(int more)
    {
        var size = slots.Length;
        while (size < 2 * (Count + more))
        {
            size *= 2;
        }

        if (size == slots.Length)
        {
            return;
        }

        var before = slots;
        slots = new ulong[size];
        foreach (var slot in before)
        {
            if (slot != 0)
            {
                var at = (int)(slot >> 32) & (size - 1);
                while (slots[at] != 0)
                {
                    at = (at + 1) & (size - 1);
                }

                slots[at] = slot;
            }
        }
    }
}
