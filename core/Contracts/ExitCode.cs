namespace SasRec.Core.Contracts;

/// <summary>The exit codes of the trainer, which scripts, schedulers and the functions app read.</summary>
public enum ExitCode
{
    /// <summary>The command succeeded.</summary>
    Ok = 0,

    /// <summary>The command failed; the message on stderr says what failed and what to do.</summary>
    Failure = 1,

    /// <summary>The command line or a setting is wrong.</summary>
    Usage = 2,

    /// <summary>A model was trained, but the promotion gate refused it; the old model still serves.</summary>
    GateRefused = 3,

    /// <summary>Another run holds the lease; nothing was done.</summary>
    LeaseHeld = 4,

    /// <summary>Stopped by Ctrl-C or SIGTERM; progress is saved, and the same command continues from there.</summary>
    Interrupted = 130,
}

/// <summary>The meaning of each exit code, in words.</summary>
public static class ExitCodeText
{
    /// <summary>The meaning, as the trainer's help and reference show it.</summary>
    /// <param name="code">An exit code.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such exit code.</exception>
    public static string Meaning(this ExitCode code) => code switch
    {
        ExitCode.Ok => "done",
        ExitCode.Failure => "failed; stderr says what and what to do",
        ExitCode.Usage => "the command line is wrong",
        ExitCode.GateRefused => "the gate refused the new model; the old one still serves",
        ExitCode.LeaseHeld => "another run holds the lease; nothing was done",
        ExitCode.Interrupted => "stopped by Ctrl-C or SIGTERM; what was done is saved",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "There is no such exit code."),
    };
}
