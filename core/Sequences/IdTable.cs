using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SasRec.Core.Sequences;

/// <summary>Distinct ids, numbered from 0 by first arrival.</summary>
/// <remarks>
/// A hash table with open addressing and linear probing; the characters stand in blocks, without an object for each id. With many ids a search
/// waits for memory: once for the slot, which holds all of an id of at most 16 ASCII characters; twice more for a longer one, for its place and its
/// characters. <see cref="IndexOf(ReadOnlySpan{char}, ReadOnlySpan{ValueTuple{int, int}}, Span{int})"/> makes each of these steps for many ids
/// at once, so that the waits overlap.
/// </remarks>
sealed class IdTable
{
    const int BlockBits = 20;
    const int LengthBits = 16;

    // Their keys and slots stay in the second-level cache from one step to the next.
    const int AtOnce = 1024;

    // No key of ASCII characters has it.
    const ulong LongMark = 1UL << 63;

    static readonly ulong Seed = (ulong)Random.Shared.NextInt64();

    readonly List<char[]> blocks = [new char[1 << BlockBits]];
    readonly Key[] keys = new Key[AtOnce];
    readonly int[] numbers = new int[AtOnce];
    Slot[] slots = new Slot[1 << 10];
    long[] places = new long[1 << 9]; // [ids]: block, place in the block and length.
    int written; // In the last block.

    /// <summary>An id of at most 16 ASCII characters as bytes; of another one a hash and its length with <see cref="LongMark"/>.</summary>
    readonly record struct Key(ulong Low, ulong High)
    {
        public bool IsWhole => High < LongMark;

        public ulong Hash
        {
            get
            {
                var mixed = Math.BigMul(Low ^ Seed, 0x9E37_79B9_7F4A_7C15 ^ High, out var low);
                return (mixed ^ low) * 0xD6E8_FEB8_6659_FD93;
            }
        }
    }

    /// <param name="Key">The id.</param>
    /// <param name="Number">The number of the id plus 1; 0 is a free slot.</param>
    readonly record struct Slot(Key Key, int Number);

    /// <summary>How many ids there are.</summary>
    public int Count { get; private set; }

    /// <summary>The id of a number.</summary>
    public string this[int index] => Characters(places[index]).ToString();

    /// <summary>Numbers that are ordered as the ids are ordinally, and sorted without reading these; null where an id is longer than 16 characters
    /// or not ASCII.</summary>
    /// <param name="indices">The numbers of the ids.</param>
    public UInt128[]? OrdinalKeys(int[] indices)
    {
        var sorted = new UInt128[indices.Length];
        for (var i = 0; i < indices.Length; i++)
        {
            var id = Characters(places[indices[i]]);
            var key = KeyOf(id, 0, id.Length);
            if (!key.IsWhole)
            {
                return null;
            }

            // The first character stands in the lowest byte; of two ids of which one begins the other, zeros make the shorter less.
            sorted[i] = new UInt128(BinaryPrimitives.ReverseEndianness(key.Low), BinaryPrimitives.ReverseEndianness(key.High));
        }

        return sorted;
    }

    /// <summary>The number of an id, which becomes known by that.</summary>
    public int IndexOf(ReadOnlySpan<char> id)
    {
        Reserve(1);
        return Find(KeyOf(id, 0, id.Length), id);
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
        var whole = true;
        for (var i = 0; i < ids.Length; i++)
        {
            keys[i] = KeyOf(text, ids[i].Start, ids[i].Length);
            whole &= keys[i].IsWhole;
        }

        // What is touched is near when it is compared; only that is wanted.
        var touched = 0;
        for (var i = 0; i < ids.Length; i++)
        {
            numbers[i] = slots[FirstSlot(keys[i])].Number;
        }

        if (!whole)
        {
            for (var i = 0; i < ids.Length; i++)
            {
                touched += numbers[i] > 0 && !keys[i].IsWhole ? (int)places[numbers[i] - 1] : 0;
            }

            for (var i = 0; i < ids.Length; i++)
            {
                touched += numbers[i] > 0 && !keys[i].IsWhole && Characters(places[numbers[i] - 1]) is [var first, ..] ? first : 0;
            }
        }

        GC.KeepAlive(touched);
        for (var i = 0; i < ids.Length; i++)
        {
            indices[i] = Find(keys[i], text.Slice(ids[i].Start, ids[i].Length));
        }
    }

    static Key KeyOf(ReadOnlySpan<char> text, int start, int length)
    {
        var id = text.Slice(start, length);
        if (length <= Vector128<byte>.Count)
        {
            Vector128<ushort> first, second;
            if (start + Vector128<byte>.Count <= text.Length)
            {
                ref var begin = ref Unsafe.As<char, ushort>(ref Unsafe.Add(ref MemoryMarshal.GetReference(text), start));
                (first, second) = (Vector128.LoadUnsafe(ref begin), Vector128.LoadUnsafe(ref begin, (nuint)Vector128<ushort>.Count));
            }
            else
            {
                Span<ushort> copy = stackalloc ushort[Vector128<byte>.Count];
                copy.Clear();
                MemoryMarshal.Cast<char, ushort>(id).CopyTo(copy);
                (first, second) = (Vector128.Create<ushort>(copy), Vector128.Create<ushort>(copy[Vector128<ushort>.Count..]));
            }

            // What stands behind the id counts as zeros, which no id has.
            var count = Vector128.Create((ushort)length);
            first &= Vector128.LessThan(Vector128<ushort>.Indices, count);
            second &= Vector128.LessThan(Vector128<ushort>.Indices + Vector128.Create((ushort)Vector128<ushort>.Count), count);
            if (((first | second) & Vector128.Create((ushort)0xFF80)) == Vector128<ushort>.Zero && !id.Contains('\0'))
            {
                var bytes = Vector128.Narrow(first, second).AsUInt64();
                return new Key(bytes[0], bytes[1]);
            }
        }

        return new Key((uint)string.GetHashCode(id), LongMark | (uint)length);
    }

    int FirstSlot(Key key) => (int)(key.Hash >> 32) & (slots.Length - 1);

    int Find(Key key, ReadOnlySpan<char> id)
    {
        for (var at = FirstSlot(key); ; at = (at + 1) & (slots.Length - 1))
        {
            var slot = slots[at];
            if (slot.Number == 0)
            {
                slots[at] = new Slot(key, Count + 1);
                return Add(id);
            }

            if (slot.Key == key && (key.IsWhole || Characters(places[slot.Number - 1]).SequenceEqual(id)))
            {
                return slot.Number - 1;
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

    /// <summary>Makes room for so many more, so that at least a quarter of the slots stays free.</summary>
    void Reserve(int more)
    {
        var size = slots.Length;
        while (3 * (long)size < 4 * ((long)Count + more))
        {
            size *= 2;
        }

        if (size == slots.Length)
        {
            return;
        }

        var before = slots;
        slots = new Slot[size];
        foreach (var slot in before)
        {
            if (slot.Number != 0)
            {
                var at = FirstSlot(slot.Key);
                while (slots[at].Number != 0)
                {
                    at = (at + 1) & (size - 1);
                }

                slots[at] = slot;
            }
        }
    }
}
