using System.Text.Json.Serialization.Metadata;
using Azure.Storage.Queues;
using SasRec.Core.Events;

namespace SasRec.Storage.Messages;

/// <summary>Puts events on their way to the log.</summary>
/// <typeparam name="T">The kind of event.</typeparam>
public abstract class EventQueue<T>
{
    // A message is dropped by nobody but the one who has appended it: no expiry.
    static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    readonly QueueClient queue;
    readonly int parallelism;
    readonly JsonTypeInfo<T> type;

    private protected EventQueue(StorageConnection storage, string name, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(storage);
        queue = storage.Queue(name);
        parallelism = storage.Options.Parallelism;
        this.type = type;
    }

    /// <summary>Sends events in as many messages as their size needs.</summary>
    /// <param name="events">The events; none sends nothing.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>How many messages were sent.</returns>
    /// <exception cref="ArgumentException">One event alone is too large for a message; nothing was sent.</exception>
    /// <exception cref="Azure.RequestFailedException">Storage failed. Some messages may be under way; sending all again is safe,
    /// since an event that arrives twice is one row.</exception>
    public async Task<int> SendAsync(IReadOnlyList<T> events, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        var messages = MessagePacker.Pack(events, type).ToArray();
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation };
        await Parallel.ForEachAsync(messages, options, async (message, token) =>
            await queue.SendMessageAsync(message, timeToLive: Forever, cancellationToken: token));
        return messages.Length;
    }
}

/// <summary>The queue of interactions.</summary>
public sealed class InteractionQueue(StorageConnection storage)
    : EventQueue<Interaction>(storage, Names.InteractionsQueue, StorageJson.Compact.Interaction);

/// <summary>The queue of impressions.</summary>
public sealed class ImpressionQueue(StorageConnection storage)
    : EventQueue<Impression>(storage, Names.ImpressionsQueue, StorageJson.Compact.Impression);

/// <summary>One message of the interactions queue.</summary>
public static class InteractionMessage
{
    /// <summary>The interactions of a message.</summary>
    /// <exception cref="FormatException">The text is no such message.</exception>
    public static IReadOnlyList<Interaction> Parse(string message) =>
        MessagePacker.Unpack(message, StorageJson.Compact.ListInteraction);
}

/// <summary>One message of the impressions queue.</summary>
public static class ImpressionMessage
{
    /// <summary>The impressions of a message.</summary>
    /// <exception cref="FormatException">The text is no such message.</exception>
    public static IReadOnlyList<Impression> Parse(string message) =>
        MessagePacker.Unpack(message, StorageJson.Compact.ListImpression);
}
