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

    /// <summary>Names the space to work in; without it, the default one.</summary>
    public const string Space = "--space";

    /// <summary>The arguments of a run that the functions app starts.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="trigger">What starts it.</param>
    /// <param name="space">The space; empty for the default one.</param>
    public static IReadOnlyList<string> OfRun(string runId, string trigger, string space) =>
        [RunId, runId, Trigger, trigger, .. space is "" ? (string[])[] : [Space, space]];
}
