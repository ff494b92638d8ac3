using System.Reflection;

namespace SasRec.Trainer.Commands;

/// <summary>What the job's exit code says, for scripts and schedulers.</summary>
public enum ExitCode
{
    /// <summary>All was done.</summary>
    [Meaning("done")]
    Ok = 0,

    /// <summary>Something failed; the message on stderr says what and what to do.</summary>
    [Meaning("failed; stderr says what and what to do")]
    Failure = 1,

    /// <summary>The command line or a setting is wrong.</summary>
    [Meaning("the command line is wrong")]
    Usage = 2,

    /// <summary>A model was trained, but the gate kept it from going live.</summary>
    [Meaning("the gate refused the new model; the old one still serves")]
    GateRefused = 3,

    /// <summary>Another run is at work; nothing was done.</summary>
    [Meaning("another run holds the lease; nothing was done")]
    LeaseHeld = 4,

    /// <summary>Stopped by Ctrl-C or SIGTERM; what was done is saved, and the same command goes on from there.</summary>
    [Meaning("stopped by Ctrl-C or SIGTERM; what was done is saved")]
    Interrupted = 130,
}

/// <summary>What an exit code means, as --help shows it.</summary>
[AttributeUsage(AttributeTargets.Field)]
sealed class MeaningAttribute(string text) : Attribute
{
    public string Text { get; } = text;

    public static IEnumerable<(int Code, string Meaning)> ExitCodes => Enum.GetValues<ExitCode>()
        .Select(code => ((int)code, typeof(ExitCode).GetField(code.ToString())!.GetCustomAttribute<MeaningAttribute>()!.Text));
}
