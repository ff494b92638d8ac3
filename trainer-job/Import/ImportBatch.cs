using System.Buffers;
using System.Text.Json;

namespace SasRec.Trainer.Import;

/// <summary>One request: a JSON body and the lines it came from.</summary>
/// <param name="Number">0 for the first of the import.</param>
/// <param name="Body">The body of the request.</param>
/// <param name="Lines">The line of each element.</param>
/// <param name="BytesRead">How much of the file was newly read for it.</param>
sealed record ImportBatch(long Number, ReadOnlyMemory<byte> Body, IReadOnlyList<long> Lines, long BytesRead)
{
    const int LargestBody = 1 << 20;

    /// <summary>Packs what was read from a file into requests.</summary>
    /// <param name="noun">The name of the array in the body.</param>
    /// <param name="batchSize">The most elements in one request.</param>
    /// <param name="read">Reads the file's elements; told where to report how many bytes were newly read.</param>
    /// <param name="lineOf">The line of an element.</param>
    /// <param name="write">Writes an element.</param>
    public static IEnumerable<ImportBatch> Pack<T>(
        string noun, int batchSize, Func<Action<long>, IEnumerable<T>> read, Func<T, long> lineOf, Action<Utf8JsonWriter, T> write)
    {
        var bytesRead = 0L;
        var number = 0L;
        var lines = new List<long>(batchSize);
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        foreach (var element in read(bytes => bytesRead += bytes))
        {
            if (lines.Count == 0)
            {
                json.WriteStartObject();
                json.WriteStartArray(noun);
            }

            write(json, element);
            lines.Add(lineOf(element));
            if (lines.Count == batchSize || json.BytesCommitted + json.BytesPending > LargestBody)
            {
                yield return Close();
            }
        }

        if (lines.Count > 0)
        {
            yield return Close();
        }

        ImportBatch Close()
        {
            json.WriteEndArray();
            json.WriteEndObject();
            json.Flush();
            var batch = new ImportBatch(number++, buffer.WrittenSpan.ToArray(), [.. lines], bytesRead);
            buffer.ResetWrittenCount();
            json.Reset();
            lines.Clear();
            bytesRead = 0;
            return batch;
        }
    }
}
