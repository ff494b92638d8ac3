using System.Globalization;
using SasRec.Core.Evaluate.OffPolicy;

namespace SasRec.Core.Evaluate.Insights;

/// <summary>What a temperature and an epsilon would cost in reward, and what they would buy for the next evaluation.</summary>
/// <remarks>
/// The reward of a setting is estimated off-policy from the logged slates (<see cref="ImportanceWeightedRewards"/>); the precision is that of a
/// challenger which differs as <see cref="NextEvaluation"/> says.
/// </remarks>
static class ExplorationAdvice
{
    /// <summary>How different the next model is taken to be: this share of the spread of scores within a slate.</summary>
    const double ShiftShare = 0.25;

    // Settings for which more of the log than this lacks the log-sum-exps are not estimated from the rest, which may be another population.
    const double MinLogged = 0.9;

    public static Advice Of(AdviceSample sample, LedgerOptions options)
    {
        var slates = sample.Slates;
        if (slates.Count < 2)
        {
            return new Advice(slates.Count, null, null, null, null, [], null, "Not enough support: no slates were served.");
        }

        double[] rewards = [.. slates.Select(s => s.Reward)];
        var reward = ImportanceWeightedRewards.MeanOverUsers(slates, rewards, options.Confidence);
        var shift = ShiftShare * WithinSlate(slates);
        var next = new NextEvaluation(shift, slates.Average(s => s.Rewards.Length), Deviation(rewards), options.Confidence);
        double[] epsilons = [.. options.Epsilons.Concat(Common(slates, s => s.Impression.Epsilon)).Distinct().Order()];
        var settings = new List<AdvisedSetting>();
        foreach (var temperature in options.Temperatures.Concat(Common(slates, s => s.Impression.Temperature)).Distinct().Order())
        {
            double[]?[] shares = [.. slates.Select(s => s.SharesAt(temperature))];
            var logged = shares.Count(s => s is not null);
            var used = slates.Where((_, i) => shares[i] is not null).ToArray();
            var weighed = logged < MinLogged * slates.Count ? null : new ImportanceWeightedRewards(used, [.. shares.OfType<double[]>()], options.Confidence);
            foreach (var epsilon in epsilons)
            {
                var estimate = weighed?.At(epsilon) ?? WeighedReward.None(string.Create(
                    CultureInfo.InvariantCulture, $"not enough support: {logged:N0} of {slates.Count:N0} slates were logged with what this temperature takes"));
                settings.Add(Setting(temperature, epsilon, estimate, next));
            }
        }

        var (recommended, reason) = Choose(settings, reward.Value, options);
        return new Advice(slates.Count, reward.Value, Finite(reward.Low), Finite(reward.High), shift, settings, recommended, reason);
    }

    static AdvisedSetting Setting(double temperature, double epsilon, WeighedReward found, NextEvaluation next)
    {
        var (slates, halfWidth) = next.Of(temperature, epsilon);
        return new AdvisedSetting(
            temperature,
            epsilon,
            found.Estimator,
            Finite(found.Value.Value),
            Finite(found.Value.Low),
            Finite(found.Value.High),
            Finite(found.Change.Value),
            Finite(found.Change.Low),
            Finite(found.Change.High),
            found.EffectiveSampleSize,
            slates,
            halfWidth,
            found.Estimator is not null,
            found.NotEnoughSupport);
    }

    static (RecommendedSetting? Setting, string Reason) Choose(List<AdvisedSetting> settings, double reward, LedgerOptions options)
    {
        // One is chosen of many, and the luckiest looks best: each bound is held at the confidence divided among them (Bonferroni).
        var tried = Math.Max(1, settings.Count(s => s.Enough));
        var wider = NormalLaw.Quantile(1 - ((1 - options.Confidence) / (2 * tried))) / NormalLaw.Quantile((1 + options.Confidence) / 2);

        // Today's setting changes nothing, up to rounding.
        var least = -(options.MaxCost + 1e-9) * reward;
        var bearable = settings.Where(s => s.Enough && s.Change - (wider * (s.Change - s.ChangeLow)) >= least).ToArray();
        if (bearable.Length == 0)
        {
            return (null, settings.Any(s => s.Enough)
                ? Text($"Not enough support: no setting is sure to cost at most {options.MaxCost:p0} of the reward; more slates narrow the intervals.")
                : "Not enough support: the log says too little of every setting; serve at a temperature above 0 and collect more slates.");
        }

        // Of those that teach alike the one that earns most.
        var best = bearable.OrderByDescending(s => Math.Round(s.NextEffectiveSlates, 3)).ThenByDescending(s => s.Change).First();
        return (
            new RecommendedSetting(best.Temperature, best.Epsilon),
            Text($"Of the settings whose reward is within {options.MaxCost:p0} of today's with {options.Confidence:p0} confidence, temperature {best.Temperature:0.###} ")
            + Text($"with epsilon {best.Epsilon:0.###} teaches most: 1,000 slates are worth {best.NextEffectiveSlates:f0} for judging a different model, ")
            + Text($"and the reward changes by {best.Change / reward:+0.0%;-0.0%;0.0%} ({best.ChangeLow / reward:+0.0%;-0.0%;0.0%} to {best.ChangeHigh / reward:+0.0%;-0.0%;0.0%})."));
    }

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

    static double? Finite(double value) => double.IsFinite(value) ? value : null;

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
