using System.Buffers;
using System.Text.Json;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Import;

/// <summary>One request: a JSON body and the lines it came from.</summary>
/// <param name="Number">0 for the first of the import.</param>
/// <param name="Body">The body of POST /api/events.</param>
/// <param name="Lines">The line of each event.</param>
/// <param name="BytesRead">How much of the file was newly read for it.</param>
sealed record EventBatch(long Number, ReadOnlyMemory<byte> Body, IReadOnlyList<long> Lines, long BytesRead)
{
    const int LargestBody = 1 << 20;

    /// <summary>Packs a file's interactions into requests.</summary>
    /// <param name="file">The file.</param>
    /// <param name="times">The times to send.</param>
    /// <param name="batchSize">The most events in one request.</param>
    /// <param name="afterLine">Lines up to this one were sent before.</param>
    public static IEnumerable<EventBatch> Pack(InteractionFile file, EventTimes times, int batchSize, long afterLine)
    {
        var bytesRead = 0L;
        var number = 0L;
        var lines = new List<long>(batchSize);
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        foreach (var interaction in file.Read(bytes => bytesRead += bytes).Where(interaction => interaction.Line > afterLine))
        {
            if (lines.Count == 0)
            {
                json.WriteStartObject();
                json.WriteStartArray("events");
            }

            Write(json, interaction, times);
            lines.Add(interaction.Line);
            if (lines.Count == batchSize || json.BytesCommitted + json.BytesPending > LargestBody)
            {
                yield return Close();
            }
        }

        if (lines.Count > 0)
        {
            yield return Close();
        }

        EventBatch Close()
        {
            json.WriteEndArray();
            json.WriteEndObject();
            json.Flush();
            var batch = new EventBatch(number++, buffer.WrittenSpan.ToArray(), [.. lines], bytesRead);
            buffer.ResetWrittenCount();
            json.Reset();
            lines.Clear();
            bytesRead = 0;
            return batch;
        }
    }

    static void Write(Utf8JsonWriter json, FileInteraction interaction, EventTimes times)
    {
        json.WriteStartObject();
        json.WriteString("eventId", EventIds.Of(interaction));
        json.WriteString("userId", interaction.UserId);
        json.WriteString("itemId", interaction.ItemId);
        json.WriteString("timestamp", times.For(interaction));
        if (interaction.Type is not null)
        {
            json.WriteString("type", interaction.Type);
        }

        if (interaction.Source is not null)
        {
            json.WriteString("source", interaction.Source);
        }

        if (interaction.Value is { } value)
        {
            json.WriteNumber("value", value);
        }

        json.WriteEndObject();
    }
}
