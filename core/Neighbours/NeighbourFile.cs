namespace SasRec.Core.Neighbours;

/// <summary>The file <c>neighbours.bin</c> of a model: a header, then the arrays of <see cref="ItemNeighbours"/>, little-endian.</summary>
/// <remarks>
/// Header: the four letters NBRS, the version 1 (int32), V (int32), pairs (int32), the two strengths (float64). Then offsets [V + 1] and
/// neighbours [pairs] (int32), transitions [pairs] and co-occurrences [pairs] (float32).
/// </remarks>
public static class NeighbourFile
{
    const int MaxItems = 16_000_000;

    static ReadOnlySpan<byte> Letters => "NBRS"u8;

    /// <summary>Writes a table.</summary>
    public static void Write(ItemNeighbours table, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(stream);
        using var writer = ArrayFile.Begin(stream, Letters);
        writer.Write(table.ItemCount);
        writer.Write(table.PairCount);
        writer.Write(table.Strengths.Transitions);
        writer.Write(table.Strengths.CoOccurrences);
        writer.WriteValues(table.Offsets.AsSpan());
        writer.WriteValues(table.Neighbours.AsSpan());
        writer.WriteValues(table.Transitions.AsSpan());
        writer.WriteValues(table.CoOccurrences.AsSpan());
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The stream does not hold such a table; the message says why.</exception>
    public static ItemNeighbours Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            using var reader = ArrayFile.Open(stream, Letters);
            var (items, pairs) = (reader.ReadInt32(), reader.ReadInt32());
            var strengths = new NeighbourStrengths(reader.ReadDouble(), reader.ReadDouble());
            if (items is < 0 or > MaxItems || pairs < 0 || pairs > (long)items * NeighbourCounter.MaxNeighbours)
            {
                throw new InvalidDataException($"The table has {items} items and {pairs} pairs; {NeighbourCounter.MaxNeighbours} an item are allowed.");
            }

            return new ItemNeighbours(
                strengths, reader.ReadValues<int>(items + 1), reader.ReadValues<int>(pairs), reader.ReadValues<float>(pairs), reader.ReadValues<float>(pairs));
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException)
        {
            throw new InvalidDataException($"The table of neighbours cannot be read: {e.Message}", e);
        }
    }
}
