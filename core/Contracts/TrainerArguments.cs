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
}
