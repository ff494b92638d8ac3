namespace SasRec.Core.Response;

/// <summary>What became of the response model when a network was exported: part of its manifest.</summary>
/// <param name="Strength">How much of it is added to the scores, 0 to 1; 0 where it is switched off or does not help.</param>
/// <param name="Probability">Whether recommended items carry their probability: whether there is a model at all.</param>
/// <param name="Reason">Why, one sentence.</param>
/// <param name="Slates">How many logged slates it was asked of.</param>
/// <param name="Slots">How many slots they had.</param>
/// <param name="Taken">How many of those users acted on.</param>
public sealed record ResponseSummary(double Strength, bool Probability, string Reason, int Slates, int Slots, int Taken);
