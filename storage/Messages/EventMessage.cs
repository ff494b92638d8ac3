namespace SasRec.Storage.Messages;

/// <summary>One message of a queue of events.</summary>
/// <typeparam name="T">The kind of event.</typeparam>
public sealed record EventMessage<T>
{
    /// <summary>When the events were accepted, by the clock of who accepted them; null in a message that does not say.</summary>
    public DateTimeOffset? AcceptedAt { get; init; }

    /// <summary>The trace of the request that brought the events, as a W3C <c>traceparent</c>; null outside of any.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The events.</summary>
    public required IReadOnlyList<T> Events { get; init; }
}
