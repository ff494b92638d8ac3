using SasRec.Core.Options;

namespace SasRec.Functions.Items;

/// <summary>How the catalogue is written and followed.</summary>
[Section("Items")]
sealed record ItemOptions
{
    /// <summary>The maximum number of items in one request to PUT /api/items.</summary>
    [Range(1, 1000)]
    public int MaxItems { get; init; } = 1000;

    /// <summary>The maximum size of a request body, in bytes. The default holds 1,000 items of 16 KiB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxBodyBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How often an instance checks for changes of the catalogue.</summary>
    [Range("00:00:00.1", "00:05:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often an instance reads the whole catalogue again.</summary>
    [Range("00:01:00", "7.00:00:00")]
    public TimeSpan ReloadInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long the first requests of an instance wait for the catalogue to be read.</summary>
    [Range("00:00:00", "00:01:00")]
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
