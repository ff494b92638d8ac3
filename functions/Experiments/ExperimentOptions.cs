using SasRec.Core.Options;

namespace SasRec.Functions.Experiments;

/// <summary>How experiments are followed and reported on.</summary>
[Section("Experiments")]
sealed record ExperimentOptions
{
    /// <summary>How often an instance checks for changes of the experiments.</summary>
    [Range("00:00:00.1", "00:05:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the first requests of an instance wait for the experiments and their models to be read.</summary>
    [Range("00:00:00", "00:01:00")]
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The maximum number of model versions that the arms of running experiments name: each is in memory beside the one that serves and the shadow.</summary>
    [Range(0, 10)]
    public int MaxModels { get; init; } = 2;

    /// <summary>The maximum number of users whose outcomes a report keeps in memory, about 50 bytes each; of more it looks at a sample.</summary>
    [Range(1_000, 100_000_000)]
    public int MaxUsers { get; init; } = 1_000_000;

    /// <summary>The time limit of one report; what was read until then is reported.</summary>
    [Range("00:00:00.1", "00:03:20")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a report is cached.</summary>
    [Range("00:00:00", "01:00:00")]
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The maximum size of a request body, in bytes.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxBodyBytes { get; init; } = 1024 * 1024;
}
