using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SasRec.Storage.Messages;

/// <summary>Packs events into as few queue messages as their size allows: each message is one JSON array.</summary>
static class MessagePacker
{
    /// <summary>The most UTF-8 bytes of one message. A queue takes 64 KiB of base64, which is 48 KiB before it.</summary>
    public const int MaxBytes = 48 * 1024;

    /// <summary>The messages for some events, in their order.</summary>
    /// <exception cref="ArgumentException">One event alone is too large; the message names its index, its size and the limit.</exception>
    public static IEnumerable<string> Pack<T>(IReadOnlyList<T> events, JsonTypeInfo<T> type)
    {
        var message = new ArrayBufferWriter<byte>(MaxBytes);
        for (var i = 0; i < events.Count; i++)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(events[i], type);
            if (json.Length + 2 > MaxBytes)
            {
                throw new ArgumentException(
                    $"Event {i} is {json.Length} bytes of JSON; a queue message holds {MaxBytes - 2}.", nameof(events));
            }

            if (message.WrittenCount > 0 && message.WrittenCount + json.Length + 2 > MaxBytes)
            {
                yield return Close();
            }

            message.Write(message.WrittenCount == 0 ? "["u8 : ","u8);
            message.Write(json);
        }

        if (message.WrittenCount > 0)
        {
            yield return Close();
        }

        string Close()
        {
            message.Write("]"u8);
            var text = Encoding.UTF8.GetString(message.WrittenSpan);
            message.ResetWrittenCount();
            return text;
        }
    }

    /// <summary>The events of a message.</summary>
    /// <exception cref="FormatException">The text is no such message.</exception>
    public static List<T> Unpack<T>(string message, JsonTypeInfo<List<T>> type)
    {
        ArgumentNullException.ThrowIfNull(message);
        try
        {
            return JsonSerializer.Deserialize(message, type) ??
                throw new FormatException("The message is null; it must be an array of events.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"The message is not an array of {typeof(T).Name}: {e.Message}", e);
        }
    }
}
