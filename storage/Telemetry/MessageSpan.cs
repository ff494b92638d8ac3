using System.Diagnostics;

namespace SasRec.Storage.Telemetry;

/// <summary>One message of a queue while its events are appended to the log: how long that takes, in the trace of the request
/// that sent them.</summary>
public sealed class MessageSpan : IDisposable
{
    readonly string queue;
    readonly int count;
    readonly TimeProvider clock;
    readonly long started;
    readonly Activity? span;
    string? error;

    MessageSpan(string queue, int count, string? traceParent, TimeProvider clock)
    {
        (this.queue, this.count, this.clock) = (queue, count, clock);
        started = clock.GetTimestamp();
        span = StartActivity(queue, traceParent).OnQueue(queue, "process", count);
    }

    /// <summary>Begins to process a message; ends when the result is disposed.</summary>
    /// <param name="queue">The queue's name.</param>
    /// <param name="count">How many events the message has.</param>
    /// <param name="traceParent">The trace of the request that sent it; null for none.</param>
    /// <param name="clock">The clock.</param>
    public static MessageSpan Start(string queue, int count, string? traceParent, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return new MessageSpan(queue, count, traceParent, clock);
    }

    /// <summary>The events are in the log.</summary>
    /// <param name="acceptedAt">When they were accepted; null where the message does not say.</param>
    public void Appended(DateTimeOffset? acceptedAt)
    {
        if (acceptedAt is not { } accepted || !Instruments.Freshness.Enabled)
        {
            return;
        }

        // The clocks of two machines: what was accepted cannot be in the log before it was.
        var fresh = Math.Max(0, (clock.GetUtcNow() - accepted).TotalSeconds);
        for (var i = 0; i < count; i++)
        {
            Instruments.Freshness.Record(fresh, new KeyValuePair<string, object?>(Attributes.Queue, queue));
        }
    }

    /// <summary>The events could not be appended.</summary>
    public void Failed(Exception failure)
    {
        span.Fail(failure);
        error = failure.GetType().FullName;
    }

    /// <summary>Ends the span and records how long it took.</summary>
    public void Dispose()
    {
        var tags = Tags(queue, "process");
        if (error is not null)
        {
            tags.Add(Attributes.ErrorType, error);
        }

        Instruments.ProcessDuration.Record(clock.GetElapsedTime(started).TotalSeconds, tags);
        span?.Dispose();
    }

    /// <summary>Counts messages that were put into a queue.</summary>
    /// <param name="queue">The queue's name.</param>
    /// <param name="count">How many.</param>
    internal static void Sent(string queue, int count) => Instruments.SentMessages.Add(count, Tags(queue, "send"));

    static Activity? StartActivity(string queue, string? traceParent)
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
            TraceLink.Parse(traceParent),
            links: invocation is null ? null : [new ActivityLink(invocation.Context)]);
    }

    static TagList Tags(string queue, string operation) => new(
    [
        new(Attributes.MessagingSystem, Attributes.StorageQueue),
        new(Attributes.MessagingOperation, operation),
        new(Attributes.Queue, queue),
    ]);
}

/// <summary>Says on a span which queue it is about.</summary>
static class QueueSpans
{
    /// <summary>Sets the queue's attributes; nothing where nobody listens.</summary>
    public static Activity? OnQueue(this Activity? span, string queue, string operation, int count) => span?
        .SetTag(Attributes.MessagingSystem, Attributes.StorageQueue)
        .SetTag(Attributes.MessagingOperation, operation)
        .SetTag(Attributes.Queue, queue)
        .SetTag(Attributes.BatchCount, count);
}
