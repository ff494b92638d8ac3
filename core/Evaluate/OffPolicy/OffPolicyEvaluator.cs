namespace SasRec.Core.Evaluate.OffPolicy;

/// <summary>Estimators of the value of a policy from slates that another policy served.</summary>
/// <remarks>
/// What each assumes of the reward of slot s: ips and snips nothing; reward-interaction and cascade-dr that it depends on this slot and
/// those above (a user who reads downwards); item-position that it depends on this slot alone; pseudo-inverse that the slate's reward is
/// a sum over slots and items. Fewer assumptions cost variance: use the first that has support.
/// </remarks>
/// <param name="slates">The log, each slate once, independent of each other.</param>
/// <param name="options">Clipping, confidence and the bar for support.</param>
public sealed class OffPolicyEvaluator(IReadOnlyList<LoggedSlate> slates, OffPolicyOptions options)
{
    readonly OffPolicyOptions options = options.Validated();
    readonly IReadOnlyList<LoggedSlate> slates = Validated(slates);

    /// <summary>Importance sampling of whole slates: mean of Π π/μ times the slate's reward (Horvitz and Thompson 1952).</summary>
    public OffPolicyEstimate Ips() => Weighted("ips", SlateWeight, normalised: false);

    /// <summary>The same divided by the mean weight: a little bias, far less variance (Swaminathan and Joachims 2015).</summary>
    public OffPolicyEstimate Snips() => Weighted("snips", SlateWeight, normalised: true);

    /// <summary>Each slot's reward weighed by its item's marginal chances in that slot (Li et al. 2018).</summary>
    /// <exception cref="InvalidOperationException">A slate lacks the marginals.</exception>
    public OffPolicyEstimate ItemPosition() => PerSlot(
        "item-position",
        (slate, weights) =>
        {
            var (target, logging) = (Needed(slate.TargetMarginals, "marginals"), Needed(slate.LoggingMarginals, "marginals"));
            for (var s = 0; s < weights.Length; s++)
            {
                weights[s] = target[s] / logging[s];
            }
        },
        (slate, w, s) => w[s] * slate.Rewards[s]);

    /// <summary>Each slot's reward weighed by this slot and those above (McInerney et al. 2020).</summary>
    public OffPolicyEstimate RewardInteraction() => PerSlot("reward-interaction", Cascade, (slate, w, s) => w[s] * slate.Rewards[s]);

    /// <summary>
    /// Reward-interaction with a model of the rewards as control variate (Kiyohara et al. 2022): unbiased whatever the model, and the
    /// better the model the smaller the variance. Slot s adds w_1..s (r_s + Q_s+1 under π - Q_s), and the first Q_1 under π.
    /// </summary>
    /// <exception cref="InvalidOperationException">A slate lacks the model's predictions.</exception>
    public OffPolicyEstimate CascadeDoublyRobust() => PerSlot(
        "cascade-dr",
        Cascade,
        (slate, w, s) =>
        {
            var (predicted, expected) = (Needed(slate.Predicted, "predictions"), Needed(slate.PredictedUnderTarget, "predictions"));
            var next = s + 1 < w.Length ? expected[s + 1] : 0;
            return (s == 0 ? expected[0] : 0) + (w[s] * (slate.Rewards[s] + next - predicted[s]));
        });

    /// <summary>The slate's reward weighed by the pseudo-inverse weight (Swaminathan et al. 2017).</summary>
    /// <exception cref="InvalidOperationException">A slate lacks the weight.</exception>
    public OffPolicyEstimate PseudoInverseSlate() => Weighted(
        "pseudo-inverse",
        slate => slate.PseudoInverseWeight ?? throw new InvalidOperationException("A slate lacks its pseudo-inverse weight."),
        normalised: false);

    static double SlateWeight(LoggedSlate slate)
    {
        var weight = 1.0;
        for (var s = 0; s < slate.Slots; s++)
        {
            weight *= slate.Target[s] / slate.Logging[s];
        }

        return weight;
    }

    static void Cascade(LoggedSlate slate, double[] weights)
    {
        var weight = 1.0;
        for (var s = 0; s < weights.Length; s++)
        {
            weights[s] = weight *= slate.Target[s] / slate.Logging[s];
        }
    }

    OffPolicyEstimate Weighted(string name, Func<LoggedSlate, double> weightOf, bool normalised)
    {
        var (rewards, weights, ones) = (new double[slates.Count], new double[slates.Count], new double[slates.Count]);
        var support = new WeightSupport(options);
        Array.Fill(ones, 1);
        for (var i = 0; i < slates.Count; i++)
        {
            weights[i] = support.Clipped(0, weightOf(slates[i]));
            rewards[i] = weights[i] * slates[i].Reward;
        }

        return support.Estimate(name, RatioEstimate.Of(rewards, normalised ? weights : ones, options.Confidence), slates.Count);
    }

    OffPolicyEstimate PerSlot(string name, Action<LoggedSlate, double[]> weigh, Func<LoggedSlate, double[], int, double> term)
    {
        var (values, ones) = (new double[slates.Count], new double[slates.Count]);
        var support = new WeightSupport(options);
        Array.Fill(ones, 1);
        for (var i = 0; i < slates.Count; i++)
        {
            var weights = new double[slates[i].Slots];
            weigh(slates[i], weights);
            for (var s = 0; s < weights.Length; s++)
            {
                weights[s] = support.Clipped(s, weights[s]);
                values[i] += term(slates[i], weights, s);
            }
        }

        return support.Estimate(name, RatioEstimate.Of(values, ones, options.Confidence), slates.Count);
    }

    static double[] Needed(double[]? values, string what) =>
        values ?? throw new InvalidOperationException($"A slate lacks the {what} that this estimator needs.");

    static IReadOnlyList<LoggedSlate> Validated(IReadOnlyList<LoggedSlate> slates)
    {
        ArgumentNullException.ThrowIfNull(slates);
        for (var i = 0; i < slates.Count; i++)
        {
            slates[i].Validate(i);
        }

        return slates;
    }
}
