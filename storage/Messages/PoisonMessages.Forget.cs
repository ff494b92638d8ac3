using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure.Storage.Queues.Models;
using SasRec.Core.Events;

namespace SasRec.Storage.Messages;

public sealed partial class PoisonMessages
{
    /// <summary>Takes a user out of the failed messages of a queue: interactions go, impressions lose the name. A message that nobody can
    /// read goes where it holds the id.</summary>
    /// <remarks>The messages that stay are out of sight meanwhile.</remarks>
    /// <param name="queue">The queue's name, without the suffix.</param>
    /// <param name="userId">Who.</param>
    /// <param name="upTo">The last moment that counts.</param>
    /// <param name="cancellation">Ends the call between two messages.</param>
    /// <returns>From how many messages something was taken.</returns>
    public async Task<int> ForgetUserAsync(string queue, string userId, DateTimeOffset upTo, CancellationToken cancellation = default)
    {
        var from = storage.RawQueue(queue + Names.PoisonSuffix);
        var found = 0;
        var stay = new List<QueueMessage>();
        try
        {
            for (var left = await CountAsync(queue, cancellation); left > 0;)
            {
                var messages = (await from.ReceiveMessagesAsync(MaxPerCall, Hidden, cancellation)).Value;
                if (messages.Length == 0)
                {
                    break;
                }

                foreach (var message in messages)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var text = TextOf(message.Body);
                    if (!text.Contains(JsonSerializer.Serialize(userId, StorageJson.Compact()), StringComparison.Ordinal)
                        && !text.Contains(JsonSerializer.Serialize(userId), StringComparison.Ordinal))
                    {
                        stay.Add(message);
                        continue;
                    }

                    // Sent before it is deleted: what is appended twice is one row, and what is lost is lost.
                    foreach (var rest in Without(queue, text, userId, upTo))
                    {
                        await from.SendMessageAsync(Base64(rest), timeToLive: Forever, cancellationToken: CancellationToken.None);
                    }

                    await from.DeleteMessageAsync(message.MessageId, message.PopReceipt, CancellationToken.None);
                    found++;
                }

                left -= messages.Length;
            }
        }
        finally
        {
            await ShowAsync(queue, stay);
        }

        return found;
    }

    /// <summary>The messages that are left of one; none where nothing is.</summary>
    static string[] Without(string queue, string text, string userId, DateTimeOffset upTo)
    {
        try
        {
            if (queue == Names.InteractionsQueue)
            {
                var opened = InteractionMessage.Open(text);
                Interaction[] rest = [.. opened.Events.Where(e => e.UserId != userId || e.Timestamp > upTo)];
                return Pack(rest, MessageJson.Compact.Interaction, opened);
            }

            var shown = ImpressionMessage.Open(text);
            Impression[] unnamed = [.. shown.Events.Select(e => e.UserId == userId && e.ServedAt <= upTo ? e with { UserId = null } : e)];
            return Pack(unnamed, MessageJson.Compact.Impression, shown);
        }
        catch (Exception e) when (e is FormatException or NewerFormatException or JsonException)
        {
            return [];
        }
    }

    static string[] Pack<T>(IReadOnlyList<T> rest, JsonTypeInfo<T> type, EventMessage<T> opened) => rest.Count == 0
        ? []
        : [.. MessagePacker.Pack(MessagePacker.Write(rest, type), opened.FormatVersion, opened.AcceptedAt ?? default, opened.TraceParent)];

    static string TextOf(BinaryData data)
    {
        var body = data.ToString();
        var bytes = new byte[body.Length];
        return Convert.TryFromBase64String(body, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : body;
    }

    static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
