using SasRec.Core.Options;

namespace SasRec.Functions.Rules;

/// <summary>How rules are followed.</summary>
[Section("Rules")]
sealed record RuleOptions
{
    /// <summary>How often an instance checks for changes of the rules.</summary>
    [Range("00:00:00.1", "00:05:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the first requests of an instance wait for the rules to be read.</summary>
    [Range("00:00:00", "00:01:00")]
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The maximum size of a request body, in bytes.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxBodyBytes { get; init; } = 1024 * 1024;
}
