using SasRec.Core.Evaluate.OffPolicy;

namespace SasRec.Core.Evaluate.Insights;

/// <summary>What the next 1,000 slates of a setting would be worth for judging a different model.</summary>
/// <remarks>
/// The model is taken to serve with the same setting, and its scores to differ by independent noise of standard deviation σ. The weight w
/// of one slot then has E[w²] ≤ (1 - ε) exp(σ² / T²) + ε = 1 / f, by the convexity of π² / μ and the moments of the lognormal law; slot s,
/// weighed with those above it, is worth f^s of a slate, and K slots together K / Σ f^-s. A greedy slate is worth nothing: what the other model
/// would have shown had no chance.
/// </remarks>
/// <param name="Shift">σ, in units of score.</param>
/// <param name="Slots">K.</param>
/// <param name="Deviation">The standard deviation of the interactions of a slate.</param>
/// <param name="Confidence">Of the interval.</param>
readonly record struct NextEvaluation(double Shift, double Slots, double Deviation, double Confidence)
{
    const double Slates = 1_000;

    /// <summary>The effective sample size of the next 1,000 slates, and half the width of the interval; null where nothing can be told.</summary>
    public (double Slates, double? HalfWidth) Of(double temperature, double epsilon)
    {
        var second = Shift == 0 ? 1
            : temperature == 0 ? double.PositiveInfinity
            : ((1 - epsilon) * Math.Exp(Shift * Shift / (temperature * temperature))) + epsilon;
        var slots = Math.Max(1, (int)Math.Round(Slots));
        var worth = Slates * slots / Enumerable.Range(1, slots).Sum(slot => Math.Pow(second, slot));
        var half = NormalLaw.Quantile((1 + Confidence) / 2) * Deviation / Math.Sqrt(worth);
        return (worth, double.IsFinite(half) ? half : null);
    }
}
