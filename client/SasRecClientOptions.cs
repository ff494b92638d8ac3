namespace SasRec.Client;

/// <summary>How often and how long a request is tried.</summary>
public sealed record SasRecClientOptions
{
    /// <summary>How often a request is sent again at most, 1 to 100.</summary>
    public int Retries { get; init; } = 4;

    /// <summary>The delay before the first retry, where the server does not say Retry-After; it doubles from one to the next.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long one try may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock of delays and of events' times.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
