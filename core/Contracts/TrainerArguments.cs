namespace SasRec.Core.Contracts;

/// <summary>The part of the trainer's command line that the functions app uses.</summary>
public static class TrainerArguments
{
    /// <summary>The verb of the scheduled run.</summary>
    public const string Run = "run";

    /// <summary>Writes the result to stdout as one line of JSON.</summary>
    public const string Json = "--json";

    /// <summary>Gives the run its id.</summary>
    public const string RunId = "--run-id";

    /// <summary>Says what started the run.</summary>
    public const string Trigger = "--trigger";

    /// <summary>Trains nothing: counts anew for the network that serves.</summary>
    public const string Refresh = "--refresh";

    /// <summary>Names the space to work in; without it, the default one.</summary>
    public const string Space = "--space";

    /// <summary>The arguments of a run that the functions app starts.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="trigger">What starts it.</param>
    /// <param name="space">The space; empty for the default one.</param>
    /// <param name="refresh">Whether it trains nothing.</param>
    public static IReadOnlyList<string> OfRun(string runId, string trigger, string space, bool refresh = false) =>
        [RunId, runId, Trigger, trigger, .. space is "" ? (string[])[] : [Space, space], .. refresh ? (string[])[Refresh] : []];
}
