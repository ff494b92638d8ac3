namespace SasRec.Core.Evaluate.OffPolicy;

/// <summary>One served slate as off-policy evaluation sees it: μ logged it, what would π have been worth?</summary>
/// <remarks>All arrays are [slots], first slot first.</remarks>
public sealed record LoggedSlate
{
    /// <summary>r_s: what each slot earned; 1 for an interaction, 0 for none, or a value.</summary>
    public required double[] Rewards { get; init; }

    /// <summary>μ(a_s | a_1..a_s-1): the logged propensities, above 0 to 1.</summary>
    public required double[] Logging { get; init; }

    /// <summary>π(a_s | a_1..a_s-1): what the evaluated policy gives to the same slate, 0 to 1 (see Propensity.OfSlate).</summary>
    public required double[] Target { get; init; }

    /// <summary>μ_s(a_s): the marginal chance of the item to stand in this slot; needed by the item-position estimator.</summary>
    public double[]? LoggingMarginals { get; init; }

    /// <summary>π_s(a_s): the same under the evaluated policy.</summary>
    public double[]? TargetMarginals { get; init; }

    /// <summary>Q_s(a_1..a_s): a model's expectation of the rewards from this slot on; needed by the cascade doubly robust estimator.</summary>
    public double[]? Predicted { get; init; }

    /// <summary>Σ_a π(a | a_1..a_s-1) Q_s(a_1..a_s-1, a): what the model expects of the evaluated policy at this slot.</summary>
    public double[]? PredictedUnderTarget { get; init; }

    /// <summary>What a model of the rewards, fitted on other slates, expects each slot to earn; null for no model.</summary>
    public double[]? Modelled { get; init; }

    /// <summary>What it expects of the evaluated policy in each slot, given the slots above.</summary>
    public double[]? ModelledUnderTarget { get; init; }

    /// <summary>What it expects of the logging policy in each slot, given the slots above.</summary>
    public double[]? ModelledUnderLogging { get; init; }

    /// <summary>q_πᵀ Γ_μ⁺ 1_a (see <see cref="PseudoInverse"/>); needed by the pseudo-inverse estimator.</summary>
    public double? PseudoInverseWeight { get; init; }

    internal int Slots => Rewards.Length;

    internal double Reward => Rewards.Sum();

    /// <summary>Throws unless lengths agree and every probability is in range.</summary>
    /// <exception cref="ArgumentException">The message names what does not fit.</exception>
    internal void Validate(int index)
    {
        Check(nameof(Logging), Logging, least: double.Epsilon, most: 1);
        Check(nameof(Target), Target, least: 0, most: 1);
        Check(nameof(Rewards), Rewards, double.MinValue, double.MaxValue);
        Check(nameof(LoggingMarginals), LoggingMarginals, least: double.Epsilon, most: 1);
        Check(nameof(TargetMarginals), TargetMarginals, least: 0, most: 1);
        Check(nameof(Predicted), Predicted, double.MinValue, double.MaxValue);
        Check(nameof(PredictedUnderTarget), PredictedUnderTarget, double.MinValue, double.MaxValue);
        Check(nameof(Modelled), Modelled, double.MinValue, double.MaxValue);
        Check(nameof(ModelledUnderTarget), ModelledUnderTarget, double.MinValue, double.MaxValue);
        Check(nameof(ModelledUnderLogging), ModelledUnderLogging, double.MinValue, double.MaxValue);

        void Check(string name, double[]? values, double least, double most)
        {
            if (values is null)
            {
                return;
            }

            if (values.Length != Slots)
            {
                throw new ArgumentException($"Slate {index} has {Slots} rewards and {values.Length} {name}.");
            }

            var bad = Array.FindIndex(values, value => !(value >= least && value <= most));
            if (bad >= 0)
            {
                throw new ArgumentException($"{name} of slate {index}, slot {bad + 1} is {values[bad]}; it is out of range.");
            }
        }
    }
}
