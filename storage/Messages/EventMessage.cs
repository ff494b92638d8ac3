namespace SasRec.Storage.Messages;

/// <summary>One message of a queue of events.</summary>
/// <remarks>A message of a newer format is refused, and so is not lost: the function that reads it fails, the queue delivers it
/// again, an instance of the newer version takes it, and where there is none it ends in the poison queue, from which a replay
/// (<see cref="PoisonMessages.ReplayAsync"/>) brings it back once the newer version is deployed.</remarks>
/// <typeparam name="T">The kind of event.</typeparam>
public sealed record EventMessage<T>
{
    /// <summary>The newest format that is known, and the one that is written.</summary>
    internal const int KnownFormat = 1;

    /// <summary>The format of this message; 0 in one that does not say.</summary>
    public int FormatVersion { get; init; }

    /// <summary>When the events were accepted, by the clock of who accepted them; null in a message that does not say.</summary>
    public DateTimeOffset? AcceptedAt { get; init; }

    /// <summary>The trace of the request that brought the events, as a W3C <c>traceparent</c>; null outside of any.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The events.</summary>
    public required IReadOnlyList<T> Events { get; init; }
}
