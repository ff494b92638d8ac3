using System.Globalization;
using Azure.Data.Tables;

namespace SasRec.Storage.Log;

/// <summary>Bytes of any length up to <see cref="MaxBytes"/> in an entity: a binary column takes 64 KiB, an entity 1 MiB.</summary>
static class DataColumns
{
    const int ColumnBytes = 60 * 1024;
    const int MaxColumns = 15;

    public const int MaxBytes = ColumnBytes * MaxColumns;

    public static void Write(TableEntity entity, byte[] data)
    {
        if (data.Length > MaxBytes)
        {
            throw new ArgumentException($"An entity holds {MaxBytes} bytes of data; found {data.Length}.", nameof(data));
        }

        var column = 0;
        foreach (var part in data.Chunk(ColumnBytes))
        {
            entity[NameOf(column++)] = part;
        }
    }

    public static byte[] Read(TableEntity entity)
    {
        var first = entity.GetBinary(NameOf(0)) ??
            throw new InvalidDataException($"The row '{entity.PartitionKey}', '{entity.RowKey}' has no column {NameOf(0)}.");
        if (first.Length < ColumnBytes)
        {
            return first;
        }

        var all = new MemoryStream();
        for (var column = 0; entity.GetBinary(NameOf(column)) is { } part; column++)
        {
            all.Write(part);
        }

        return all.ToArray();
    }

    static string NameOf(int column) => Names.Columns.Data + column.ToString(CultureInfo.InvariantCulture);
}
