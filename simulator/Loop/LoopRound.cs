namespace SasRec.Simulator.Loop;

/// <summary>What one round of serving was worth, by the world's own truth.</summary>
/// <param name="Round">1 for the first.</param>
/// <param name="Promoted">1 if the gate let this round's model serve, 0 if the one before serves on; its mean over worlds is a share.</param>
/// <param name="Utility">Clicks expected of a slate.</param>
/// <param name="Regret">What the best slate would have been worth beyond that.</param>
/// <param name="Coverage">The share of the released items that was served.</param>
/// <param name="Gini">How unevenly they were served.</param>
/// <param name="Discovered">The share of the items released since the start that has ever been served; NaN while there are none.</param>
/// <param name="RateError">Mean absolute error of P(interacted | served) by item, weighed by propensity, where it claims support; null where none does.</param>
/// <param name="PlainRateError">The same of interacted / served, over the same items.</param>
/// <param name="RateCovered">The share of those items whose weighed interval holds the truth: 0.95 is what it claims.</param>
/// <param name="PlainRateCovered">The same of the interval of interacted / served.</param>
public sealed record LoopRound(
    int Round,
    double Promoted,
    double Utility,
    double Regret,
    double Coverage,
    double Gini,
    double Discovered,
    double? RateError,
    double? PlainRateError,
    double? RateCovered,
    double? PlainRateCovered);
