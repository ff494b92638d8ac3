using SasRec.Core.Options;

namespace SasRec.Functions.Retrain;

/// <summary>When the trainer is started.</summary>
[Section("Retrain")]
sealed record RetrainOptions
{
    /// <summary>The minimum number of interactions since the last training.</summary>
    [Range(0, 1_000_000_000)]
    public long MinimumNewEvents { get; init; } = 1000;

    /// <summary>The minimum time between two trainings that start by themselves.</summary>
    [Range("00:00:00", "30.00:00:00")]
    public TimeSpan MinimumInterval { get; init; } = TimeSpan.Zero;

    /// <summary>Where no training starts, the minimum number of interactions since the last run for which the model that serves is refreshed.</summary>
    [Range(1, 1_000_000_000)]
    public long RefreshMinimumNewEvents { get; init; } = 100;

    /// <summary>How long a deleted user may stay in the training snapshot: an older deletion starts a run, however little is new.</summary>
    [Range("00:00:00", "30.00:00:00")]
    public TimeSpan DeletionsWithin { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>How the trainer is started.</summary>
[Section("Trainer")]
sealed record TrainerOptions
{
    /// <summary>The command line of the trainer, started as a child process; arguments with spaces are in double quotes. Empty where it is not started here.</summary>
    [Pattern("^[^\"]*(\"[^\"]*\"[^\"]*)*$", "a command line that closes every double quote that it opens")]
    public string Command { get; init; } = "";

    /// <summary>The resource id of the Container Apps job that is started in place of the command; the infrastructure sets it.</summary>
    [Pattern("^/subscriptions/.*/(?i:Microsoft.App/jobs)/", "/subscriptions/.../providers/Microsoft.App/jobs/NAME")]
    public string Job { get; init; } = "";

    /// <summary>The management endpoint of the cloud that has the job.</summary>
    [Pattern("^https://[^/]", "an https address")]
    public string Management { get; init; } = "https://management.azure.com";

    /// <summary>The program and its arguments.</summary>
    public string[] CommandLine()
    {
        // Every second piece between quotes is inside them and stays whole.
        var pieces = Command.Split('"');
        var arguments = new List<string>();
        for (var i = 0; i < pieces.Length; i++)
        {
            arguments.AddRange(i % 2 == 1 ? [pieces[i]] : pieces[i].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        return [.. arguments];
    }
}
