using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Explore;

namespace SasRec.Bench;

/// <summary>What a fault costs in a year in which every retrain is a little worse than the model that it replaces.</summary>
/// <param name="UsersADay">Who act on a day.</param>
/// <param name="Fault">How much worse each retrain is, as a share.</param>
/// <param name="Anchored">Whether the gate is given the anchor.</param>
/// <param name="Years">How many years were simulated.</param>
/// <param name="Stopped">In how many of them the fault cost less than 5% in the end.</param>
/// <param name="MeanCost">What it cost in the end, on average.</param>
/// <param name="WorstCost">What it cost in the worst year.</param>
sealed record GateCreep(int UsersADay, double Fault, bool Anchored, int Years, int Stopped, double MeanCost, double WorstCost)
{
    /// <summary>The fault has to be stopped before it has cost so much.</summary>
    public const double Bar = 0.05;

    const int Days = 365;

    // A user who comes again is asked about the newest action alone, so there are never more cases than users.
    const int Population = 50_000;

    static readonly Dictionary<string, double[]> NoBaselines = [];

    /// <summary>Simulates years of daily retrains through the real gate.</summary>
    public static GateCreep Of(int usersADay, double fault, bool anchored, int years, CancellationToken cancellation)
    {
        var costs = new double[years];
        Parallel.For(0, years, new ParallelOptions { CancellationToken = cancellation }, year =>
            costs[year] = Year(usersADay, fault, anchored, new RandomStream(((ulong)year * 1_000_003) + (ulong)usersADay)));
        return new GateCreep(
            usersADay, fault, anchored, years, costs.Count(cost => cost < Bar), costs.Average(), costs.Max());
    }

    static double Year(int usersADay, double fault, bool anchored, RandomStream random)
    {
        var (champion, anchor) = (1.0, 1.0);
        var (luck, championNdcg, anchorNdcg) = (new List<double>(), new List<double>(), new List<double>());
        for (var day = 0; day < Days; day++)
        {
            for (var user = 0; user < usersADay; user++)
            {
                luck.Add(random.NextDouble());
                championNdcg.Add(GateUsers.Ndcg(luck[^1], champion, ref random));
                anchorNdcg.Add(anchor == champion ? championNdcg[^1] : GateUsers.Ndcg(luck[^1], anchor, ref random));
            }

            if (luck.Count > Population)
            {
                foreach (var list in new[] { luck, championNdcg, anchorNdcg })
                {
                    list.RemoveRange(0, list.Count - Population);
                }
            }

            var quality = champion * (1 - fault);
            var challengerNdcg = new double[luck.Count];
            for (var user = 0; user < challengerNdcg.Length; user++)
            {
                challengerNdcg[user] = GateUsers.Ndcg(luck[user], quality, ref random);
            }

            var decision = PromotionGate.Decide(new GateEvidence(
                "simulated users",
                challengerNdcg,
                NoBaselines,
                new Incumbent("champion", [.. championNdcg]),
                anchored && anchor != champion ? new Incumbent("anchor", [.. anchorNdcg]) : null));
            if (decision.Passed)
            {
                champion = quality;
                anchor = decision.IsAnchor ? quality : anchor;
                luck.Clear();
                championNdcg.Clear();
                anchorNdcg.Clear();
            }
        }

        return 1 - champion;
    }
}
