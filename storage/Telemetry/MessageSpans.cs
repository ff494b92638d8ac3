using System.Diagnostics;
using SasRec.Storage.Messages;

namespace SasRec.Storage.Telemetry;

/// <summary>What is told of messages on their way.</summary>
public static class MessageSpans
{
    /// <summary>Takes a message in and tells how it went, in the trace of the request that sent it.</summary>
    /// <param name="queue">The queue's name.</param>
    /// <param name="message">The message.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="append">Takes its events into the log.</param>
    public static async Task ProcessAsync<T>(string queue, EventMessage<T> message, TimeProvider clock, Func<IReadOnlyList<T>, Task> append)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(append);
        using var span = Start(queue, message);
        var tags = Tags(queue, "process");
        var started = clock.GetTimestamp();
        try
        {
            await append(message.Events);
        }
        catch (Exception e)
        {
            span.Fail(e);
            tags.Add(Attributes.ErrorType, e.GetType().FullName);
            throw;
        }
        finally
        {
            Instruments.ProcessDuration.Record(clock.GetElapsedTime(started).TotalSeconds, tags);
        }

        if (message.AcceptedAt is { } accepted && Instruments.Freshness.Enabled)
        {
            // The clocks of two machines: what was accepted cannot be in the log before it was.
            var fresh = Math.Max(0, (clock.GetUtcNow() - accepted).TotalSeconds);
            foreach (var _ in message.Events)
            {
                Instruments.Freshness.Record(fresh, new KeyValuePair<string, object?>(Attributes.Queue, queue));
            }
        }
    }

    /// <summary>Tells how many messages were put into a queue.</summary>
    /// <param name="queue">The queue's name.</param>
    /// <param name="count">How many.</param>
    internal static void Sent(string queue, int count) => Instruments.SentMessages.Add(count, Tags(queue, "send"));

    /// <summary>Says on a span which queue it is about.</summary>
    internal static Activity? OnQueue(this Activity? span, string queue, string operation, int count) => span?
        .SetTag(Attributes.MessagingSystem, Attributes.StorageQueue)
        .SetTag(Attributes.MessagingOperation, operation)
        .SetTag(Attributes.Queue, queue)
        .SetTag(Attributes.BatchCount, count);

    static Activity? Start<T>(string queue, EventMessage<T> message)
    {
        if (!Instruments.Source.HasListeners())
        {
            return null;
        }

        // The host's own span of this invocation begins a trace of its own: it becomes a link.
        var invocation = Activity.Current;
        return Instruments.Source.StartActivity(
            $"{Spans.Process} {queue}",
            ActivityKind.Consumer,
            TraceLink.Parse(message.TraceParent),
            links: invocation is null ? null : [new ActivityLink(invocation.Context)]).OnQueue(queue, "process", message.Events.Count);
    }

    static TagList Tags(string queue, string operation) => new(
    [
        new(Attributes.MessagingSystem, Attributes.StorageQueue),
        new(Attributes.MessagingOperation, operation),
        new(Attributes.Queue, queue),
    ]);
}
