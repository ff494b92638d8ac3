namespace SasRec.Functions.Ingest;

/// <summary>What was accepted.</summary>
/// <param name="EventIds">The ids in the order of the request, assigned ones included.</param>
sealed record Accepted(IReadOnlyList<string> EventIds);
