using System.Globalization;
using System.Text;
using Parquet;
using Parquet.Schema;
using SasRec.Core.Contracts;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Files;

/// <summary>Reads a Parquet file, one row group at a time; a record's line is its row.</summary>
sealed class ParquetRecords : RecordReader
{
    readonly string path;
    readonly ParquetReader reader;
    readonly DataField?[] fields;
    readonly string?[][] cells;
    readonly byte[] text = new byte[1 << 16];
    readonly (int Start, int Length)[] places;
    int group, row, rows;

    ParquetRecords(string path, ParquetReader reader, DataField?[] fields)
    {
        (this.path, this.reader, this.fields) = (path, reader, fields);
        (cells, places) = (new string?[fields.Length][], new (int, int)[fields.Length]);
    }

    public override int FieldCount => fields.Length;

    /// <summary>The flat columns of a file.</summary>
    public static string[] Columns(string path, Stream content)
    {
        return Await<string[]>(path, async () =>
        {
            await using var reader = await ParquetReader.CreateAsync(content, leaveStreamOpen: true);
            return [.. reader.Schema.DataFields.Select(field => field.Path.ToString())];
        });
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="columns">The numbers of the columns to read; -1 for none.</param>
    public static ParquetRecords Open(string path, Stream content, IReadOnlyList<int> columns)
    {
        var reader = Await(path, () => ParquetReader.CreateAsync(content, leaveStreamOpen: true));
        var all = reader.Schema.DataFields;
        if (columns.Where(column => column >= 0).Select(column => all[column]).FirstOrDefault(field => field.MaxRepetitionLevel > 0) is { } nested)
        {
            throw new UserError($"{path}: the column '{nested.Path}' holds lists; export it with one interaction a row.") { Code = ExitCode.Usage };
        }

        return new ParquetRecords(path, reader, [.. columns.Select(column => column < 0 ? null : all[column])]);
    }

    public override ReadOnlySpan<byte> Field(int column) => text.AsSpan(places[column].Start, places[column].Length);

    public override RecordState Next()
    {
        while (row == rows)
        {
            if (group == reader.RowGroupCount)
            {
                return RecordState.End;
            }

            ReadGroup(group++);
        }

        Line = ++Lines;
        var written = 0;
        for (var column = 0; column < fields.Length; column++)
        {
            var cell = fields[column] is null ? null : cells[column][row];
            if (cell is not null && Encoding.UTF8.GetMaxByteCount(cell.Length) > text.Length - written)
            {
                row++;
                Wrong = $"column '{fields[column]!.Path}' has {cell.Length:N0} characters";
                return RecordState.Bad;
            }

            var length = cell is null ? 0 : Encoding.UTF8.GetBytes(cell, text.AsSpan(written));
            places[column] = (written, length);
            written += length;
        }

        row++;
        return RecordState.Record;
    }

    void ReadGroup(int number)
    {
        using var from = reader.OpenRowGroupReader(number);
        (row, rows) = (0, checked((int)from.RowCount));
        for (var column = 0; column < fields.Length; column++)
        {
            cells[column] = fields[column] is { } field ? Await(path, () => ReadAsync(from, field, rows)) : [];
        }
    }

    static async Task<string?[]> ReadAsync(ParquetRowGroupReader from, DataField field, int rows)
    {
        if (field.ClrType == typeof(ReadOnlyMemory<byte>) || field.ClrType == typeof(byte[]))
        {
            // Text whose writer did not mark it as such.
            var bytes = new byte[rows][];
            await from.ReadAsync(field, bytes);
            return Array.ConvertAll(bytes, value => value is null ? null : Encoding.UTF8.GetString(value));
        }

        if (field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>))
        {
            var texts = new string[rows];
            await from.ReadAsync(field, texts);
            return texts;
        }

        return Type.GetTypeCode(field.ClrType) switch
        {
            TypeCode.Boolean => await ReadAsync<bool>(from, field, rows, value => value ? "true" : "false"),
            TypeCode.SByte => await ReadAsync<sbyte>(from, field, rows, Plain),
            TypeCode.Byte => await ReadAsync<byte>(from, field, rows, Plain),
            TypeCode.Int16 => await ReadAsync<short>(from, field, rows, Plain),
            TypeCode.UInt16 => await ReadAsync<ushort>(from, field, rows, Plain),
            TypeCode.Int32 => await ReadAsync<int>(from, field, rows, Plain),
            TypeCode.UInt32 => await ReadAsync<uint>(from, field, rows, Plain),
            TypeCode.Int64 => await ReadAsync<long>(from, field, rows, Plain),
            TypeCode.UInt64 => await ReadAsync<ulong>(from, field, rows, Plain),
            TypeCode.Single => await ReadAsync<float>(from, field, rows, Plain),
            TypeCode.Double => await ReadAsync<double>(from, field, rows, Plain),
            TypeCode.Decimal => await ReadAsync<decimal>(from, field, rows, Plain),
            TypeCode.DateTime => await ReadAsync<DateTime>(from, field, rows, value => value.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
            _ when field.ClrType == typeof(DateOnly) =>
                await ReadAsync<DateOnly>(from, field, rows, value => value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            _ when field.ClrType == typeof(Guid) => await ReadAsync<Guid>(from, field, rows, value => value.ToString()),
            _ => throw new UserError($"The column '{field.Path}' is of the type {field.ClrType.Name}; it must hold text, numbers or times.") { Code = ExitCode.Usage },
        };
    }

    static string Plain<T>(T value)
        where T : struct, IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    static async Task<string?[]> ReadAsync<T>(ParquetRowGroupReader from, DataField field, int rows, Func<T, string> text)
        where T : struct
    {
        if (!field.IsNullable)
        {
            var full = new T[rows];
            await from.ReadAsync<T>(field, full.AsMemory());
            return Array.ConvertAll(full, value => (string?)text(value));
        }

        var values = new T?[rows];
        await from.ReadAsync<T>(field, values.AsMemory());
        return Array.ConvertAll(values, value => value is { } some ? text(some) : null);
    }

    static T Await<T>(string path, Func<Task<T>> work)
    {
        try
        {
            return Task.Run(work).GetAwaiter().GetResult();
        }
#pragma warning disable CA1031 // The library throws whatever a damaged file leads it to; the user needs one line.
        catch (Exception e) when (e is not UserError)
        {
            throw new UserError($"{path} is not a Parquet file that can be read: {e.Message.ReplaceLineEndings(" ")}", e) { Code = ExitCode.Usage };
        }
#pragma warning restore CA1031
    }

    public override void Dispose() => Task.Run(async () => await reader.DisposeAsync()).GetAwaiter().GetResult();
}
