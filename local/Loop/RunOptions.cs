namespace SasRec.Loop;

/// <summary>What ./run was asked to do.</summary>
sealed record RunOptions
{
    /// <summary>Files of interactions; none makes the sample world.</summary>
    public IReadOnlyList<string> DataFiles { get; init; } = [];

    /// <summary>A hash of what the files hold, by which a folder knows its data.</summary>
    public string DataHash { get; init; } = "";

    /// <summary>How the files are read: options of the trainer's import.</summary>
    public IReadOnlyList<string> ReadingOptions { get; init; } = [];

    /// <summary>How many interactions the files hold; 0 for the sample world.</summary>
    public long Interactions { get; init; }

    /// <summary>End after one pass through the loop, with a line of JSON; otherwise stay up.</summary>
    public bool Once { get; init; }

    /// <summary>Begin with an empty folder.</summary>
    public bool Fresh { get; init; }

    /// <summary>The port of the HTTP API; 0 takes a free one, null the last run's or 7071.</summary>
    public int? Port { get; init; }

    /// <summary>What runs the functions app: <see cref="DevelopmentHost"/>, or <see cref="CoreTools"/> where they are installed.</summary>
    public string Host { get; init; } = DevelopmentHost;

    /// <summary>The host of this repository.</summary>
    public const string DevelopmentHost = "dev";

    /// <summary>Azure Functions Core Tools.</summary>
    public const string CoreTools = "func";

    /// <summary>Where storage and logs are kept between runs.</summary>
    public required string Folder { get; init; }

    /// <summary>How many recommendations are timed.</summary>
    public int TimedRequests { get; init; } = 500;

    /// <summary>How long the installation of packages took before this process started.</summary>
    public TimeSpan Install { get; init; }

    /// <summary>How long the build took before this process started.</summary>
    public TimeSpan Build { get; init; }

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it, the value and the range.</exception>
    public RunOptions Validated()
    {
        if (Port is < 0 or > 65535)
        {
            throw new ArgumentException($"--port is {Port}; it must be 0 (a free one) to 65535.");
        }

        if (DataFiles.FirstOrDefault(file => !File.Exists(file)) is { } missing)
        {
            throw new ArgumentException($"--data names '{missing}', which is not a file.");
        }

        var path = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        if (Host == CoreTools && !path.Any(folder => File.Exists(Path.Combine(folder, "func")) || File.Exists(Path.Combine(folder, "func.exe"))))
        {
            throw new ArgumentException($"--host is {CoreTools}, which is not on the PATH: install Azure Functions Core Tools, or leave --host out.");
        }

        return this;
    }
}
