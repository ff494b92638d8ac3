namespace SasRec.Client;

/// <summary>How much an <see cref="EventBuffer"/> keeps, and for how long.</summary>
public sealed record EventBufferOptions
{
    /// <summary>How many events wait at most, besides the batch that is being sent; then adding waits.</summary>
    public int Capacity { get; init; } = 10_000;

    /// <summary>How many events go with one request, 1 to 1,000.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>How long the first event of a batch waits for others.</summary>
    public TimeSpan Gather { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long it waits until it begins anew with a batch whose retries were used up.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long closing may send what is left.</summary>
    public TimeSpan CloseWithin { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>Events that were not taken.</summary>
/// <param name="Events">Which; they have their ids, so that sending them later doubles nothing.</param>
/// <param name="Cause">Why.</param>
public sealed record UnsentEvents(IReadOnlyList<UserEvent> Events, SasRecException Cause);
