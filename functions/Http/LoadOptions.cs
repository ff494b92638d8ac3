using SasRec.Core.Options;

namespace SasRec.Functions.Http;

/// <summary>How much an instance takes on at once.</summary>
[Section("Load")]
sealed record LoadOptions
{
    /// <summary>How many requests are worked on at once; three times as many wait, and others are answered with 429. 0 for 8 a processor, which is where
    /// more at once only makes all of them slower.</summary>
    [Range(0, 10_000)]
    public int MaxRequests { get; init; }

    /// <summary>The limit as a number.</summary>
    internal int Limit => MaxRequests > 0 ? MaxRequests : 8 * Environment.ProcessorCount;

    /// <summary>How many wait at most: as many as make the slowest answer four times as late as without waiting.</summary>
    internal int MaxWaiting => 3 * Limit;
}
