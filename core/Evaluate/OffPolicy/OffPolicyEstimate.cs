namespace SasRec.Core.Evaluate.OffPolicy;

/// <summary>What a policy would have earned a slate, estimated from slates that another policy chose.</summary>
/// <param name="Estimator">"ips", "snips", "item-position", "reward-interaction", "cascade-dr" or "pseudo-inverse".</param>
/// <param name="Value">The estimate.</param>
/// <param name="Low">The interval's lower end.</param>
/// <param name="High">The interval's upper end.</param>
/// <param name="EffectiveSampleSize">(Σw)² / Σw² (Kish 1965), of the slot where it is smallest.</param>
/// <param name="MeanWeight">1 where the log could have shown all that the policy shows, of the slot where it is farthest from 1.</param>
/// <param name="ClippedShare">The share of weights that were cut.</param>
/// <param name="Slates">How many slates were read.</param>
/// <param name="NotEnoughSupport">Why the estimate is not to be believed; null where it is.</param>
public sealed record OffPolicyEstimate(
    string Estimator,
    double Value,
    double Low,
    double High,
    double EffectiveSampleSize,
    double MeanWeight,
    double ClippedShare,
    int Slates,
    string? NotEnoughSupport)
{
    /// <summary>Whether the estimate may be acted on.</summary>
    public bool Supported => NotEnoughSupport is null;
}
