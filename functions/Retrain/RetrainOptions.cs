using SasRec.Core;

namespace SasRec.Functions.Retrain;

/// <summary>When a retrain run is worth its cost: section <c>Retrain</c> of the settings; and how it is started.</summary>
public sealed record RetrainOptions
{
    /// <summary>How many interactions must be new since the last training snapshot, 0 to 1,000,000,000.</summary>
    public long MinimumNewEvents { get; init; } = 1000;

    /// <summary>The command line of the trainer job, the setting <c>Trainer__Command</c>: arguments with spaces stand in double quotes;
    /// empty where none can be started here.</summary>
    public string Command { get; init; } = "";

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it, the value and the range.</exception>
    public RetrainOptions Validated()
    {
        OptionRange.Require("Retrain__MinimumNewEvents", MinimumNewEvents, 0, 1_000_000_000);
        return Command.Count(c => c == '"') % 2 == 0
            ? this
            : throw new ArgumentException($"Trainer__Command must close every double quote that it opens; found '{Command}'.");
    }

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
