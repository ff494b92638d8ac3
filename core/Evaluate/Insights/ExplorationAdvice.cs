using System.Globalization;
using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Explore;

namespace SasRec.Core.Evaluate.Insights;

/// <summary>What a temperature and an epsilon would cost in reward, and what they would buy for the next evaluation.</summary>
/// <remarks>
/// <para>The reward of a setting is estimated off-policy from the logged slates: first as "snips", which assumes nothing of how users read a
/// slate, and where its weights leave too little, as "reward-interaction", for users who read downwards (McInerney et al. 2020), both
/// normalised by their weights. The change is paired: the same slates as served are taken off, so what all slates have in common cancels.</para>
/// <para>The precision is that of a challenger whose scores differ by independent noise of standard deviation σ and which serves with the
/// same setting. One slot's weight w then has E[w²] ≤ (1 - ε) exp(σ² / T²) + ε = 1 / f, by the convexity of π² / μ and the moments of the
/// lognormal law, so slot s of a slate is worth at least f^s, and K slots together K / Σ f^-s slates. A greedy slate is worth nothing: what
/// the challenger would have shown has no propensity.</para>
/// </remarks>
static class ExplorationAdvice
{
    /// <summary>How different the next model is taken to be: this share of the spread of scores within a slate.</summary>
    const double ShiftShare = 0.25;

    const double NextSlates = 1_000;

    // Settings for which more of the log than this lacks the soft maxima are not estimated from the rest, which may be another population.
    const double LeastLogged = 0.9;

    static readonly double[] Epsilons = [0, 0.02, 0.05, 0.1];

    static readonly OffPolicyOptions Believed = new();

    /// <summary>Below this effective sample size a setting's reward is not believed.</summary>
    public static double LeastEffectiveSlates => Believed.LeastEffectiveSampleSize;

    public static Advice Of(AdviceSample sample, LedgerOptions options)
    {
        var slates = sample.Slates;
        if (slates.Count < 2)
        {
            return new Advice(slates.Count, null, null, null, null, [], null, "Not enough support: no slates were served.");
        }

        double[] rewards = [.. slates.Select(s => s.Reward)];
        var reward = Mean(rewards, options.Confidence);
        var shift = ShiftShare * WithinSlate(slates);
        var next = new NextEvaluation(shift, slates.Average(s => s.Rewards.Length), Deviation(rewards), options.Confidence);
        var settings = new List<AdvisedSetting>();
        foreach (var temperature in Temperatures(slates))
        {
            var shares = slates.Select(s => s.SharesAt(temperature)).ToArray();
            var usable = shares.Count(s => s is not null);
            foreach (var epsilon in EpsilonsWith(slates))
            {
                settings.Add(usable < LeastLogged * slates.Count
                    ? Unlogged(temperature, epsilon, usable, slates.Count, next)
                    : Estimate(slates, shares, temperature, epsilon, next, options));
            }
        }

        var (recommended, reason) = Choose(settings, reward.Value, options);
        return new Advice(slates.Count, reward.Value, Finite(reward.Low), Finite(reward.High), shift, settings, recommended, reason);
    }

    static AdvisedSetting Unlogged(double temperature, double epsilon, int usable, int all, NextEvaluation next)
    {
        var (slates, width) = next.Of(temperature, epsilon);
        return new AdvisedSetting(temperature, epsilon, null, null, null, null, null, null, null, 0, slates, width, false, string.Create(
            CultureInfo.InvariantCulture, $"not enough support: {usable} of {all} slates were logged with what this temperature takes"));
    }

    static AdvisedSetting Estimate(
        IReadOnlyList<AdviceSlate> all, double[]?[] shares, double temperature, double epsilon, NextEvaluation next, LedgerOptions options)
    {
        var used = Enumerable.Range(0, all.Count).Where(i => shares[i] is not null).ToArray();
        var slates = used.Select(i => all[i]).ToArray();
        var weights = used.Select(i => Weights(all[i], shares[i]!, epsilon)).ToArray();
        var whole = Normalised("snips", slates, weights, perSlot: false, options);
        var (value, change) = whole.Value.Supported ? whole : Normalised("reward-interaction", slates, weights, perSlot: true, options);
        var (nextSlates, width) = next.Of(temperature, epsilon);
        return new AdvisedSetting(
            temperature,
            epsilon,
            value.Supported ? value.Estimator : null,
            Finite(value.Value),
            Finite(value.Low),
            Finite(value.High),
            Finite(change.Value),
            Finite(change.Low),
            Finite(change.High),
            value.EffectiveSampleSize,
            nextSlates,
            width,
            value.Supported,
            value.NotEnoughSupport);
    }

    /// <summary>[slots]: Π over this slot and those above of what the setting gives over what was logged.</summary>
    static double[] Weights(AdviceSlate slate, double[] shares, double epsilon)
    {
        var weights = new double[shares.Length];
        var weight = 1.0;
        for (var slot = 0; slot < weights.Length; slot++)
        {
            // Every mixture lies between its two ends.
            var chance = ((1 - epsilon) * shares[slot]) + (epsilon * slate.Uniform[slot]);
            weights[slot] = weight *= chance / slate.Impression.Items[slot].Propensity;
        }

        return weights;
    }

    /// <summary>Σ over slots of Σw r / Σw, with slot weights or with the whole slate's for each slot.</summary>
    /// <remarks>
    /// The interval is that of the mean of each slate's influence: w (r - v) n / Σw summed over the slots, v being the slot's own ratio.
    /// </remarks>
    static (OffPolicyEstimate Value, RatioEstimate Change) Normalised(
        string name, AdviceSlate[] slates, double[][] weights, bool perSlot, LedgerOptions options)
    {
        var support = new WeightSupport(Believed with { Confidence = options.Confidence });
        var longest = slates.Max(s => s.Rewards.Length);
        var (sums, hits) = (new double[longest], new double[longest]);
        for (var i = 0; i < slates.Length; i++)
        {
            for (var slot = 0; slot < weights[i].Length; slot++)
            {
                var weight = perSlot ? support.Clipped(slot, weights[i][slot]) : weights[i][^1];
                sums[slot] += weight;
                hits[slot] += weight * slates[i].Rewards[slot];
            }

            if (!perSlot)
            {
                support.Clipped(0, weights[i][^1]);
            }
        }

        double[] ratios = [.. hits.Zip(sums, (h, s) => s > 0 ? h / s : 0)];
        var (values, changes, ones) = (new double[slates.Length], new double[slates.Length], new double[slates.Length]);
        Array.Fill(ones, 1);

        // The share of the slates that are long enough to have a slot.
        double[] filled = [.. ratios.Select((_, slot) => slates.Count(s => s.Rewards.Length > slot) / (double)slates.Length)];
        var total = ratios.Zip(filled, (ratio, share) => ratio * share).Sum();
        for (var i = 0; i < slates.Length; i++)
        {
            values[i] = total;
            for (var slot = 0; slot < weights[i].Length; slot++)
            {
                var weight = perSlot ? weights[i][slot] : weights[i][^1];
                var scale = sums[slot] > 0 ? slates.Length * filled[slot] / sums[slot] : 0;
                values[i] += weight * scale * (slates[i].Rewards[slot] - ratios[slot]);
            }

            changes[i] = values[i] - slates[i].Reward;
        }

        return (
            support.Estimate(name, RatioEstimate.Of(values, ones, options.Confidence), slates.Length),
            RatioEstimate.Of(changes, ones, options.Confidence));
    }

    static (RecommendedSetting? Setting, string Reason) Choose(List<AdvisedSetting> settings, double reward, LedgerOptions options)
    {
        var bearable = settings.Where(s => s.Enough && s.ChangeLow >= -options.MostCost * reward).ToArray();
        if (bearable.Length == 0)
        {
            return (null, settings.Any(s => s.Enough)
                ? Text($"Not enough support: no setting is sure to cost at most {options.MostCost:p0} of the reward; more slates narrow the intervals.")
                : "Not enough support: the log says too little of every setting; serve at a temperature above 0 and collect more slates.");
        }

        // Of those that teach alike the one that earns most.
        var best = bearable.OrderByDescending(s => Math.Round(s.NextEffectiveSlates, 3)).ThenByDescending(s => s.Change).First();
        return (
            new RecommendedSetting(best.Temperature, best.Epsilon),
            Text($"Of the settings whose reward is within {options.MostCost:p0} of today's with {options.Confidence:p0} confidence, temperature {best.Temperature:0.###} ")
            + Text($"with epsilon {best.Epsilon:0.###} teaches most: 1,000 slates are worth {best.NextEffectiveSlates:f0} for judging a different model, ")
            + Text($"and the reward changes by {best.Change / reward:+0.0%;-0.0%} ({best.ChangeLow / reward:+0.0%;-0.0%} to {best.ChangeHigh / reward:+0.0%;-0.0%})."));
    }

    static IEnumerable<double> Temperatures(IReadOnlyList<AdviceSlate> slates) =>
        UnservedSoftMaxima.Temperatures.Concat(Common(slates, s => s.Impression.Temperature)).Distinct().Order();

    static IEnumerable<double> EpsilonsWith(IReadOnlyList<AdviceSlate> slates) => Epsilons.Concat(Common(slates, s => s.Impression.Epsilon)).Distinct().Order();

    /// <summary>What at least a tenth of the slates were served with.</summary>
    static IEnumerable<double> Common(IReadOnlyList<AdviceSlate> slates, Func<AdviceSlate, double> of) =>
        slates.GroupBy(of).Where(g => g.Count() >= 0.1 * slates.Count).Select(g => g.Key);

    static double WithinSlate(IReadOnlyList<AdviceSlate> slates)
    {
        var (squares, freedom) = (0.0, 0);
        foreach (var slate in slates)
        {
            double[] scores = [.. slate.Impression.Items.Select(i => i.Score).OfType<double>()];
            if (scores.Length > 1)
            {
                var mean = scores.Average();
                squares += scores.Sum(s => (s - mean) * (s - mean));
                freedom += scores.Length - 1;
            }
        }

        return freedom == 0 ? 0 : Math.Sqrt(squares / freedom);
    }

    static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
    }

    static RatioEstimate Mean(double[] values, double confidence)
    {
        var ones = new double[values.Length];
        Array.Fill(ones, 1);
        return RatioEstimate.Of(values, ones, confidence);
    }

    static double? Finite(double value) => double.IsFinite(value) ? value : null;

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>What the next 1,000 slates would be worth for judging a different model.</summary>
    readonly record struct NextEvaluation(double Shift, double Slots, double Deviation, double Confidence)
    {
        public (double Slates, double? HalfWidth) Of(double temperature, double epsilon)
        {
            var worst = 0.0;
            var slot = Math.Exp(Shift * Shift / (temperature * temperature));
            var inverse = Shift == 0 ? 1 : temperature == 0 ? double.PositiveInfinity : ((1 - epsilon) * slot) + epsilon;
            var slots = Math.Max(1, (int)Math.Round(Slots));
            for (var s = 1; s <= slots; s++)
            {
                worst += Math.Pow(inverse, s);
            }

            var worth = NextSlates * slots / worst;
            var half = NormalLaw.Quantile((1 + Confidence) / 2) * Deviation / Math.Sqrt(worth);
            return (worth, double.IsFinite(half) ? half : null);
        }
    }
}
