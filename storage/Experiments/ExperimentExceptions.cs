namespace SasRec.Storage.Experiments;

/// <summary>An experiment is not in the state for what is asked.</summary>
/// <param name="message">Why not.</param>
/// <param name="wayOut">What to do instead.</param>
public sealed class ExperimentRefusedException(string message, string wayOut) : Exception(message)
{
    /// <summary>What to do instead.</summary>
    public string WayOut => wayOut;
}

/// <summary>There is no such experiment.</summary>
/// <param name="id">Which.</param>
public sealed class UnknownExperimentException(string id) : Exception($"There is no experiment '{id}'.");
