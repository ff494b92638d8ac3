using System.Diagnostics;
using System.Text.Json.Serialization.Metadata;
using Azure.Storage.Queues;
using SasRec.Core.Events;
using SasRec.Storage.Telemetry;

namespace SasRec.Storage.Messages;

/// <summary>Puts events on their way to the log.</summary>
/// <typeparam name="T">The kind of event.</typeparam>
public abstract class EventQueue<T>
{
    // A message is dropped by nobody but the one who has appended it: no expiry.
    static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    static readonly TimeSpan ReturnDelay = TimeSpan.FromSeconds(10);

    readonly QueueClient queue;
    readonly QueueClient raw;
    readonly string span;
    readonly int parallelism;
    readonly TimeProvider clock;
    readonly JsonTypeInfo<T> type;
    readonly GroupCommit groups;

    private protected EventQueue(StorageConnection storage, string name, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(storage);
        (queue, raw) = (storage.Queue(name), storage.RawQueue(name));
        parallelism = storage.Options.Parallelism;
        clock = storage.Time;
        (Name, this.type) = (storage.Options.Space + name, type);
        span = $"{Spans.Send} {Name}";
        groups = new GroupCommit(StoreAsync, clock);
    }

    /// <summary>The queue's name, which begins with its space.</summary>
    public string Name { get; }

    /// <summary>When the oldest message that waits was sent, by the server's clock; null where none waits.</summary>
    public async Task<DateTimeOffset?> OldestAsync(CancellationToken cancellation = default) =>
        (await raw.PeekMessageAsync(cancellation)).Value?.InsertedOn;

    /// <summary>Puts a message that could not be taken in, through no fault of its own, back into the queue as a new one.</summary>
    /// <param name="message">The message as it was received.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task ReturnAsync(string message, CancellationToken cancellation = default) =>
        queue.SendMessageAsync(message, ReturnDelay, Forever, cancellation);

    /// <summary>Sends events in as many messages as their size needs; calls at the same time share messages (<see cref="GroupCommit"/>).</summary>
    /// <param name="events">The events; none sends nothing.</param>
    /// <param name="cancellation">Ends the call; what is under way by then may be stored all the same.</param>
    /// <returns>The number of messages that hold these events and those of the calls that share them.</returns>
    /// <exception cref="ArgumentException">One event alone is too large for a message; nothing was sent.</exception>
    /// <exception cref="Azure.RequestFailedException">Storage failed. Some messages may be under way; sending all again is safe,
    /// since an event that arrives twice is one row.</exception>
    public async Task<int> SendAsync(IReadOnlyList<T> events, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        using var sending = Instruments.Source.StartActivity(span, ActivityKind.Producer).OnQueue(Name, "send", events.Count);
        return events.Count == 0 ? 0 : await groups.SendAsync(MessagePacker.Write(events, type), cancellation);
    }

    async Task<int> StoreAsync(IReadOnlyList<byte[]> events)
    {
        var messages = MessagePacker.Pack(events, EventMessage<T>.KnownFormat, clock.GetUtcNow(), TraceLink.Current).ToArray();
        await Parallel.ForEachAsync(messages, new ParallelOptions { MaxDegreeOfParallelism = parallelism }, async (message, token) =>
            await queue.SendMessageAsync(message, timeToLive: Forever, cancellationToken: token));
        MessageSpan.Sent(Name, messages.Length);
        return messages.Length;
    }
}

/// <summary>The queue of interactions.</summary>
public sealed class InteractionQueue(StorageConnection storage)
    : EventQueue<Interaction>(storage, Names.InteractionsQueue, MessageJson.Compact.Interaction);

/// <summary>The queue of impressions.</summary>
public sealed class ImpressionQueue(StorageConnection storage)
    : EventQueue<Impression>(storage, Names.ImpressionsQueue, MessageJson.Compact.Impression);

/// <summary>One message of the interactions queue.</summary>
public static class InteractionMessage
{
    /// <summary>A message as it was sent.</summary>
    /// <exception cref="FormatException">The text is no such message.</exception>
    /// <exception cref="NewerFormatException">Its format is not known yet.</exception>
    public static EventMessage<Interaction> Open(string message)
    {
        var opened = MessagePacker.Unpack(message, MessageJson.Compact.EventMessageInteraction, MessageJson.Compact.ListInteraction);
        return opened with { Events = [.. AcceptanceOrder.Accepted(opened.Events, opened.AcceptedAt)] };
    }

    /// <summary>The interactions of a message.</summary>
    /// <exception cref="FormatException">The text is no such message.</exception>
    public static IReadOnlyList<Interaction> Parse(string message) => Open(message).Events;
}

/// <summary>One message of the impressions queue.</summary>
public static class ImpressionMessage
{
    /// <summary>A message as it was sent.</summary>
    /// <exception cref="FormatException">The text is no such message.</exception>
    /// <exception cref="NewerFormatException">Its format is not known yet.</exception>
    public static EventMessage<Impression> Open(string message) =>
        MessagePacker.Unpack(message, MessageJson.Compact.EventMessageImpression, MessageJson.Compact.ListImpression);

    /// <summary>The impressions of a message.</summary>
    /// <exception cref="FormatException">The text is no such message.</exception>
    public static IReadOnlyList<Impression> Parse(string message) => Open(message).Events;
}
