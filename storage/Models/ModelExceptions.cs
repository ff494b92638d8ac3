namespace SasRec.Storage.Models;

/// <summary>There is no complete model of this version.</summary>
public sealed class ModelNotFoundException(string version, Exception? inner = null)
    : Exception($"There is no model '{version}'.", inner)
{
    /// <summary>The version asked for.</summary>
    public string Version { get; } = version;
}

/// <summary>The gate refused this version, and it was not overridden.</summary>
public sealed class ModelRefusedException(string version, GateVerdict verdict)
    : Exception($"The gate refused model '{version}'.")
{
    /// <summary>The version asked for.</summary>
    public string Version { get; } = version;

    /// <summary>Why it was refused.</summary>
    public GateVerdict Verdict { get; } = verdict;
}

/// <summary>A file of a model is not what its manifest says.</summary>
public sealed class ModelCorruptException(string version, string file, string reason)
    : Exception($"Model '{version}' is corrupt: {file} {reason}.")
{
    /// <summary>The version asked for.</summary>
    public string Version { get; } = version;

    /// <summary>The file that is wrong.</summary>
    public string File { get; } = file;
}

/// <summary>The pointer no longer stands where the caller saw it.</summary>
public sealed class ModelPointerMovedException(string? expected, string? found)
    : Exception($"The serving model was expected to be {Name(expected)}; it is {Name(found)}.")
{
    /// <summary>The version that the caller saw; null for none.</summary>
    public string? Expected { get; } = expected;

    /// <summary>The version that serves; null for none.</summary>
    public string? Found { get; } = found;

    static string Name(string? version) => version is null ? "none" : $"'{version}'";
}
