using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Explore;
using SasRec.Core.Tests.Explore;

namespace SasRec.Core.Tests.Evaluate.OffPolicy;

/// <summary>A world of three contexts, five items and slates of three, small enough to enumerate, so that every true value is known.</summary>
sealed class SlateWorld
{
    const int Items = 5, Slots = 3, Contexts = 3;
    readonly List<LoggedSlate>[] templates = [[], [], []];
    readonly List<double>[] cumulative = [[], [], []];

    /// <param name="logging">The policy that serves.</param>
    /// <param name="target">The policy to evaluate, with scores of its own.</param>
    /// <param name="cascade">Whether what stands above changes the chance of a click; otherwise slots are independent.</param>
    /// <param name="modelled">Whether slates come with a model of the rewards, which knows what users click and not what stands above.</param>
    public SlateWorld(ExplorationPolicy logging, ExplorationPolicy target, bool cascade, bool modelled = false)
    {
        int[] all = [0, 1, 2, 3, 4];
        var slates = Slates.All(all, Slots).ToArray();
        for (var context = 0; context < Contexts; context++)
        {
            var mu = Slates.Normal(Items, 1, seed: 10 + context);
            var pi = Slates.Normal(Items, 1, seed: 20 + context);
            var muEach = slates.Select(slate => Slates.Propensities(mu, all, slate, logging)).ToArray();
            var piEach = slates.Select(slate => Slates.Propensities(pi, all, slate, target)).ToArray();
            var (muLaw, piLaw) = (muEach.Select(Product).ToArray(), piEach.Select(Product).ToArray());
            var pseudo = PseudoInverse.Weights(slates, muLaw, piLaw);
            var total = 0.0;
            for (var i = 0; i < slates.Length; i++)
            {
                var clicks = Enumerable.Range(0, Slots).Select(slot => Click(context, slates[i], slot, cascade)).ToArray();
                Value += piLaw[i] * clicks.Sum() / Contexts;
                LoggingValue += muLaw[i] * clicks.Sum() / Contexts;
                cumulative[context].Add(total += muLaw[i]);
                templates[context].Add(new LoggedSlate
                {
                    Rewards = clicks,
                    Logging = muEach[i],
                    Target = piEach[i],
                    LoggingMarginals = [.. Enumerable.Range(0, Slots).Select(slot => Marginal(slates, muLaw, slot, slates[i][slot]))],
                    TargetMarginals = [.. Enumerable.Range(0, Slots).Select(slot => Marginal(slates, piLaw, slot, slates[i][slot]))],
                    Predicted = [.. Enumerable.Range(0, Slots).Select(slot => (Slots - slot) * Model(slates[i][slot]))],
                    PredictedUnderTarget =
                    [
                        .. Enumerable.Range(0, Slots).Select(slot => Expected(pi, all, slates[i], slot, target)),
                    ],
                    PseudoInverseWeight = pseudo?[i],
                    Modelled = modelled ? [.. Enumerable.Range(0, Slots).Select(slot => Click(context, slates[i], slot, cascade: false))] : null,
                    ModelledUnderTarget = modelled ? Means(pi, slates[i], target, context) : null,
                    ModelledUnderLogging = modelled ? Means(mu, slates[i], logging, context) : null,
                });
            }
        }
    }

    /// <summary>What the target policy truly earns a slate.</summary>
    public double Value { get; }

    /// <summary>What the policy that serves truly earns a slate.</summary>
    public double LoggingValue { get; }

    /// <summary>A log of n slates, clicks drawn.</summary>
    public LoggedSlate[] Log(int n, ulong seed)
    {
        var random = new RandomStream(seed);
        var log = new LoggedSlate[n];
        for (var i = 0; i < n; i++)
        {
            var context = random.NextIndex(Contexts);
            var target = random.NextDouble() * cumulative[context][^1];
            var at = cumulative[context].BinarySearch(target);
            var template = templates[context][at < 0 ? ~at : at];
            var rewards = new double[Slots];
            for (var slot = 0; slot < Slots; slot++)
            {
                rewards[slot] = random.NextDouble() < template.Rewards[slot] ? 1 : 0;
            }

            log[i] = template with { Rewards = rewards };
        }

        return log;
    }

    static double Click(int context, int[] slate, int slot, bool cascade)
    {
        var chance = 0.5 / (slot + 1) * (1 + ((slate[slot] * 7 + context * 3) % 5)) / 5;
        return cascade && slate[..slot].Any(above => above > slate[slot]) ? chance / 3 : chance;
    }

    // A poor model on purpose: the estimator must not need a good one.
    static double Model(int item) => 0.1 + (0.02 * item);

    static double Expected(float[] scores, int[] all, int[] slate, int slot, ExplorationPolicy policy)
    {
        var remaining = all.Except(slate[..slot]).ToArray();
        return (Slots - slot) * remaining.Sum(item => Slates.SlotProbability(scores, remaining, item, policy) * Model(item));
    }

    /// <summary>What the model of the rewards expects of a policy in each slot, given the slots above.</summary>
    static double[] Means(float[] scores, int[] slate, ExplorationPolicy policy, int context)
    {
        var means = new double[Slots];
        for (var slot = 0; slot < Slots; slot++)
        {
            int[] remaining = [.. Enumerable.Range(0, Items).Except(slate[..slot])];
            foreach (var item in remaining)
            {
                int[] other = [.. slate[..slot], item];
                means[slot] += Slates.SlotProbability(scores, remaining, item, policy) * Click(context, other, slot, cascade: false);
            }
        }

        return means;
    }

    static double Marginal(int[][] slates, double[] law, int slot, int item) =>
        slates.Zip(law).Where(pair => pair.First[slot] == item).Sum(pair => pair.Second);

    static double Product(double[] values) => values.Aggregate((a, b) => a * b);
}
