using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Explore;

namespace SasRec.Bench;

/// <summary>How often the gate lets a challenger through.</summary>
/// <param name="Users">Who acted since the champion was trained.</param>
/// <param name="TrueDifference">The challenger's quality less the champion's, as a share of the champion's.</param>
/// <param name="Passed">The share of the promotions that passed.</param>
sealed record GatePower(int Users, double TrueDifference, double Passed);

/// <summary>How many users it takes for a challenger to pass in four of five promotions.</summary>
/// <param name="TrueDifference">The challenger's quality less that of what it is measured against, as a share of the latter.</param>
/// <param name="Users">How many, by the normal law.</param>
/// <param name="Passed">The share of promotions with so many users that passed.</param>
sealed record GateUsersNeeded(double TrueDifference, int Users, double Passed);

/// <summary>Promotions through the real gate, on users drawn anew each time.</summary>
static class GatePromotions
{
    // z of 97.5% and of 80%.
    const double Reach = 1.96 + 0.8416;

    static readonly GateOptions Gate = new();

    /// <summary>The share of the promotions that pass against a champion of quality 1.</summary>
    public static double Passed(int promotions, int users, double difference, CancellationToken cancellation) =>
        Share(
            promotions,
            (ref RandomStream random) =>
            {
                var (champion, challenger) = Draw(users, 1, 1 + difference, alike: true, ref random);
                return new GateEvidence("simulated users", challenger, new Dictionary<string, double[]>(), new Incumbent("champion", champion));
            },
            cancellation);

    /// <summary>How many users it takes against a champion.</summary>
    public static GateUsersNeeded NeededAgainstChampion(int promotions, double difference, CancellationToken cancellation)
    {
        var random = new RandomStream(1);
        var (champion, challenger) = Draw(400_000, 1, 1 + difference, alike: true, ref random);
        double[] within = [.. challenger.Zip(champion, (a, b) => a - ((1 - Gate.Tolerance) * b))];
        var mean = within.Average();
        var spread = Math.Sqrt(within.Average(value => (value - mean) * (value - mean)));
        var users = (int)Math.Ceiling(Math.Pow(Reach * spread / (GateUsers.Mean * (Gate.Tolerance + difference)), 2));
        return new GateUsersNeeded(difference, users, Passed(promotions, users, difference, cancellation));
    }

    /// <summary>How many users it takes for a first model to beat a baseline, with which it has no luck in common.</summary>
    public static GateUsersNeeded NeededAgainstBaseline(int promotions, double difference, CancellationToken cancellation)
    {
        var baseline = 1 / (1 + difference);
        var spread = GateUsers.Variance(1) + GateUsers.Variance(baseline);
        var users = (int)Math.Ceiling(Reach * Reach * spread / Math.Pow((1 - baseline) * GateUsers.Mean, 2));
        var passed = Share(
            promotions,
            (ref RandomStream random) =>
            {
                var (beaten, challenger) = Draw(users, baseline, 1, alike: false, ref random);
                return new GateEvidence("simulated users", challenger, new Dictionary<string, double[]> { [MetricNames.Popularity] = beaten });
            },
            cancellation);
        return new GateUsersNeeded(difference, users, passed);
    }

    static (double[] First, double[] Second) Draw(int users, double first, double second, bool alike, ref RandomStream random)
    {
        var (one, other) = (new double[users], new double[users]);
        for (var user = 0; user < users; user++)
        {
            var luck = random.NextDouble();
            one[user] = GateUsers.Ndcg(luck, first, ref random, alike);
            other[user] = GateUsers.Ndcg(luck, second, ref random, alike);
        }

        return (one, other);
    }

    delegate GateEvidence Promotion(ref RandomStream random);

    static double Share(int promotions, Promotion promotion, CancellationToken cancellation)
    {
        var passed = 0;
        Parallel.For(0, promotions, new ParallelOptions { CancellationToken = cancellation }, seed =>
        {
            var random = new RandomStream((ulong)seed * 1_000_003);
            if (PromotionGate.Decide(promotion(ref random), Gate).Passed)
            {
                Interlocked.Increment(ref passed);
            }
        });
        return passed / (double)promotions;
    }
}
