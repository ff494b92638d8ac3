using System.Runtime.InteropServices;

namespace SasRec.Core.Neighbours;

/// <summary>The file <c>neighbours.bin</c> of a model: a header, then the arrays of <see cref="ItemNeighbours"/>, little-endian.</summary>
/// <remarks>
/// Header: the four letters NBRS, the version 1 (int32), V (int32), pairs (int32), the two strengths (float64). Then offsets [V + 1] and
/// neighbours [pairs] (int32), transitions [pairs] and co-occurrences [pairs] (float32).
/// </remarks>
public static class NeighbourFile
{
    const int Version = 1;
    const int MaxItems = 16_000_000;

    static ReadOnlySpan<byte> Letters => "NBRS"u8;

    /// <summary>Writes a table.</summary>
    public static void Write(ItemNeighbours table, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(stream);
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(Letters);
        writer.Write(Version);
        writer.Write(table.ItemCount);
        writer.Write(table.PairCount);
        writer.Write(table.Strengths.Transitions);
        writer.Write(table.Strengths.CoOccurrences);
        writer.Write(MemoryMarshal.AsBytes(table.Offsets.AsSpan()));
        writer.Write(MemoryMarshal.AsBytes(table.Neighbours.AsSpan()));
        writer.Write(MemoryMarshal.AsBytes(table.Transitions.AsSpan()));
        writer.Write(MemoryMarshal.AsBytes(table.CoOccurrences.AsSpan()));
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The stream does not hold such a table; the message says why.</exception>
    public static ItemNeighbours Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        try
        {
            if (!reader.ReadBytes(Letters.Length).AsSpan().SequenceEqual(Letters) || reader.ReadInt32() is not Version)
            {
                throw new InvalidDataException($"The file does not begin with NBRS and version {Version}.");
            }

            var (items, pairs) = (reader.ReadInt32(), reader.ReadInt32());
            var strengths = new NeighbourStrengths(reader.ReadDouble(), reader.ReadDouble());
            if (items is < 0 or > MaxItems || pairs < 0 || pairs > (long)items * NeighbourCounter.MaxNeighbours)
            {
                throw new InvalidDataException($"The table has {items} items and {pairs} pairs; {NeighbourCounter.MaxNeighbours} an item are allowed.");
            }

            return new ItemNeighbours(
                strengths, Values<int>(items + 1), Values<int>(pairs), Values<float>(pairs), Values<float>(pairs));
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException)
        {
            throw new InvalidDataException($"The table of neighbours cannot be read: {e.Message}", e);
        }

        T[] Values<T>(int count)
            where T : unmanaged
        {
            var values = new T[count];
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }
    }
}
