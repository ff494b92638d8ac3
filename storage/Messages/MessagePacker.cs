using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SasRec.Storage.Messages;

/// <summary>Packs events into as few queue messages as their size allows: each is one <see cref="EventMessage{T}"/> as JSON.</summary>
static class MessagePacker
{
    /// <summary>The most UTF-8 bytes of one message. A queue takes 64 KiB of base64, which is 48 KiB before it.</summary>
    public const int MaxBytes = 48 * 1024;

    // What stands before the events, with the longest of traces, takes less.
    const int MaxHeadBytes = 256;

    static ReadOnlySpan<byte> Tail => "]}"u8;

    /// <summary>Events as they stand in a message.</summary>
    /// <param name="events">The events.</param>
    /// <param name="type">How an event is written.</param>
    /// <exception cref="ArgumentException">One event alone is too large; the message names its index, its size and the limit.</exception>
    public static IReadOnlyList<byte[]> Write<T>(IReadOnlyList<T> events, JsonTypeInfo<T> type)
    {
        var most = MaxBytes - MaxHeadBytes - Tail.Length;
        var written = new byte[events.Count][];
        for (var i = 0; i < written.Length; i++)
        {
            written[i] = JsonSerializer.SerializeToUtf8Bytes(events[i], type);
            if (written[i].Length > most)
            {
                throw new ArgumentException($"Event {i} is {written[i].Length} bytes of JSON; a queue message holds {most}.", nameof(events));
            }
        }

        return written;
    }

    /// <summary>The messages for some events, in their order.</summary>
    /// <param name="events">The events, as <see cref="Write"/> writes them.</param>
    /// <param name="version">The format version of the messages.</param>
    /// <param name="acceptedAt">When the events were accepted.</param>
    /// <param name="traceParent">The trace of the request that brought them; null outside of any.</param>
    public static IEnumerable<string> Pack(IReadOnlyList<byte[]> events, int version, DateTimeOffset acceptedAt, string? traceParent)
    {
        var head = Encoding.UTF8.GetBytes(Head(version, acceptedAt, traceParent));
        var message = new ArrayBufferWriter<byte>(MaxBytes);
        foreach (var json in events)
        {
            if (message.WrittenCount > 0 && message.WrittenCount + 1 + json.Length + Tail.Length > MaxBytes)
            {
                yield return Close();
            }

            message.Write(message.WrittenCount == 0 ? head : ","u8);
            message.Write(json);
        }

        if (message.WrittenCount > 0)
        {
            yield return Close();
        }

        string Close()
        {
            message.Write(Tail);
            var text = Encoding.UTF8.GetString(message.WrittenSpan);
            message.ResetWrittenCount();
            return text;
        }
    }

    /// <summary>A message as it was packed; a plain array of events, such as a person puts into a queue, is one too.</summary>
    /// <exception cref="FormatException">The text is no such message; what is said of it quotes none of it.</exception>
    /// <exception cref="NewerFormatException">The message has a format that is not known yet.</exception>
    public static EventMessage<T> Unpack<T>(string message, JsonTypeInfo<EventMessage<T>> type, JsonTypeInfo<List<T>> array)
    {
        ArgumentNullException.ThrowIfNull(message);
        try
        {
            StoredFormat.Check("The queue message", Encoding.UTF8.GetBytes(message), EventMessage<T>.KnownFormat);
            var found = message.AsSpan().TrimStart().StartsWith('[')
                ? new EventMessage<T> { Events = JsonSerializer.Deserialize(message, array)! }
                : JsonSerializer.Deserialize(message, type);
            return found is { Events: not null } ? found : throw new FormatException("The message has no events.");
        }
        catch (JsonException e)
        {
            throw new FormatException(
                $"The message does not hold events of the kind {typeof(T).Name}: at {e.Path}, byte {e.BytePositionInLine} of line {e.LineNumber}.", e);
        }
    }

    static string Head(int version, DateTimeOffset acceptedAt, string? traceParent)
    {
        // What stands before the events has no character that JSON would escape.
        var trace = traceParent is null ? "" : $"\"traceParent\":\"{traceParent}\",";
        return $"{{\"formatVersion\":{version},\"acceptedAt\":\"{acceptedAt.UtcDateTime:O}\",{trace}\"events\":[";
    }
}
