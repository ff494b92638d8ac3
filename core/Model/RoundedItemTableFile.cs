namespace SasRec.Core.Model;

/// <summary>The file <c>items.bin</c> of a model: a header, then the arrays of <see cref="RoundedItemTable"/>, little-endian.</summary>
/// <remarks>Header: the four letters ROWS, the version 1, V, D, and 1 where there is a bias or 0 (int32). Then scales [V] (float32), the bias
/// [V] (float32) and the values (int8).</remarks>
public static class RoundedItemTableFile
{
    const int MaxItems = 16_000_000;
    const int MaxWidth = 1024;

    static ReadOnlySpan<byte> Letters => "ROWS"u8;

    /// <summary>Writes a table.</summary>
    public static void Write(RoundedItemTable table, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(stream);
        using var writer = ArrayFile.Begin(stream, Letters);
        writer.Write(table.ItemCount);
        writer.Write(table.Width);
        writer.Write(table.Bias.IsEmpty ? 0 : 1);
        writer.WriteValues(table.Scales);
        writer.WriteValues(table.Bias);
        writer.WriteValues(table.Values);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The stream does not hold such a table; the message says why.</exception>
    public static RoundedItemTable Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            using var reader = ArrayFile.Open(stream, Letters);
            var (items, width, biased) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
            if (items is < 0 or > MaxItems || width is < 1 or > MaxWidth || (long)items * (width + 1) > int.MaxValue || biased is not (0 or 1))
            {
                throw new InvalidDataException(
                    $"The table says {items} items, width {width} and bias {biased}; at most {MaxItems} items, {MaxWidth} and 1 are allowed, and {int.MaxValue} values.");
            }

            var scales = reader.ReadValues<float>(items);
            var bias = biased == 1 ? reader.ReadValues<float>(items) : null;
            return new RoundedItemTable(width, reader.ReadValues<sbyte>(RoundedItemTable.Length(items, width)), scales, bias);
        }
        catch (Exception e) when (e is EndOfStreamException or OverflowException)
        {
            throw new InvalidDataException($"The item table cannot be read: {e.Message}", e);
        }
    }
}
