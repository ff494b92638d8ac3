using Parquet;
using Parquet.Schema;

namespace SasRec.Trainer.Exchange;

/// <summary>Writes a Parquet file row by row; one row group is in memory.</summary>
/// <typeparam name="T">What a row is made of.</typeparam>
sealed class ParquetRows<T> : IAsyncDisposable
{
    /// <summary>The rows of a row group; the last has fewer.</summary>
    public const int GroupRows = 65_536;

    readonly FileStream file;
    readonly ParquetWriter writer;
    readonly IReadOnlyList<Column<T>> columns;
    readonly List<T> waiting = new(GroupRows);

    ParquetRows(FileStream file, ParquetWriter writer, IReadOnlyList<Column<T>> columns) => (this.file, this.writer, this.columns) = (file, writer, columns);

    /// <summary>How many rows were written.</summary>
    public long Count { get; private set; }

    /// <summary>Begins a file.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="cancellation">Ends the call.</param>
    public static async Task<ParquetRows<T>> CreateAsync(string path, IReadOnlyList<Column<T>> columns, CancellationToken cancellation)
    {
        var file = File.Create(path);
        var schema = new ParquetSchema([.. columns.Select(column => column.Field)]);
        return new ParquetRows<T>(file, await ParquetWriter.CreateAsync(schema, file, cancellationToken: cancellation), columns);
    }

    /// <summary>Writes a row.</summary>
    public async ValueTask AddAsync(T row)
    {
        waiting.Add(row);
        Count++;
        if (waiting.Count == GroupRows)
        {
            await FlushAsync();
        }
    }

    /// <summary>Writes what waits and ends the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (waiting.Count > 0)
        {
            await FlushAsync();
        }

        await writer.DisposeAsync();
        await file.DisposeAsync();
    }

    async Task FlushAsync()
    {
        using var group = writer.CreateRowGroup();
        foreach (var column in columns)
        {
            await column.Write(group, column.Field, waiting);
        }

        group.CompleteValidate();
        waiting.Clear();
    }
}
