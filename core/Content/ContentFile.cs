namespace SasRec.Core.Content;

/// <summary>The file <c>content.bin</c> of a model: a header, then the arrays of a <see cref="ContentMap"/>, little-endian.</summary>
/// <remarks>Header: the four letters CNTT, the version 1 (int32), F and D (int32). Then hashes [F] (uint32), intercept [D] and rows [F, D]
/// (float32).</remarks>
public static class ContentFile
{
    const int MaxWidth = 1_024;

    static ReadOnlySpan<byte> Letters => "CNTT"u8;

    /// <summary>Writes a map.</summary>
    public static void Write(ContentMap map, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(stream);
        using var writer = ArrayFile.Begin(stream, Letters);
        writer.Write(map.FeatureCount);
        writer.Write(map.Width);
        writer.WriteValues(map.Hashes.AsSpan());
        writer.WriteValues(map.Intercept.AsSpan());
        writer.WriteValues(map.Rows.AsSpan());
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The stream does not hold such a map; the message says why.</exception>
    public static ContentMap Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            using var reader = ArrayFile.Open(stream, Letters);
            var (features, width) = (reader.ReadInt32(), reader.ReadInt32());
            if (features < 0 || width is < 1 or > MaxWidth || (long)features * width > Array.MaxLength)
            {
                throw new InvalidDataException($"The map has {features} features of width {width}; the width must be 1 to {MaxWidth}.");
            }

            var (hashes, intercept, rows) = (reader.ReadValues<uint>(features), reader.ReadValues<float>(width), reader.ReadValues<float>(features * width));
            return new ContentMap(hashes, rows, intercept);
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException)
        {
            throw new InvalidDataException($"The content map cannot be read: {e.Message}", e);
        }
    }
}
