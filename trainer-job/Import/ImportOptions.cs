using static SasRec.Core.OptionRange;

namespace SasRec.Trainer.Import;

/// <summary>How a file is sent.</summary>
public sealed record ImportOptions
{
    /// <summary>The most events or items in one request, 1 to 1,000.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>The most requests under way at once, 1 to 64.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>How long a request is tried again before the import gives up, 0 s to 1 day.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Where progress is remembered; null remembers nothing.</summary>
    public string? StateFile { get; init; }

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public ImportOptions Validated()
    {
        Require("--batch", BatchSize, 1, 1_000);
        Require("--parallel", Parallel, 1, 64);
        Require("--retry-seconds", RetryFor.TotalSeconds, 0, 86_400);
        return this;
    }
}
