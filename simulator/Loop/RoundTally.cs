using System.Globalization;
using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Events;
using SasRec.Core.Explore;

namespace SasRec.Simulator.Loop;

/// <summary>What one round served, what came of it, and what the truth was.</summary>
sealed class RoundTally(LoopOptions options, ClosedWorld world)
{
    readonly List<ServedOutcome> outcomes = [];
    readonly int[] served = new int[options.Items];
    readonly double[] relevance = new double[options.Items];
    readonly int[] offered = new int[options.Items];
    double utility;
    int slates;

    public double UtilityPerSlate => utility / slates;

    public IEnumerable<int> ServedItems => Enumerable.Range(0, options.Items).Where(item => served[item] > 0);

    public int Served(int item) => served[item];

    /// <summary>A slate is about to be drawn for a user: every eligible item might have been shown.</summary>
    public void Offer(int user, ItemSet eligible)
    {
        slates++;
        for (var item = 0; item < options.Items; item++)
        {
            if (eligible.Contains(item))
            {
                offered[item]++;
                relevance[item] += world.Relevance(user, item);
            }
        }
    }

    public void Add(Slate slate, int slot, double chance, bool clicked)
    {
        var item = slate.Items[slot];
        utility += chance;
        served[item.Item]++;
        var shown = new ServedItem(Name(item.Item), slot + 1, float.IsFinite(item.Score) ? item.Score : null, item.Propensity, item.Explored);
        outcomes.Add(new ServedOutcome(
            new Impression
            {
                RecommendationId = Name(slates),
                ServedAt = DateTimeOffset.UnixEpoch,
                ModelVersion = "simulated",
                Source = "simulated",
                Temperature = 0,
                Epsilon = 0,
                Seed = 0,
                EligibleCount = slate.EligibleCount,
                Items = [shown],
            },
            shown,
            clicked));
    }

    /// <summary>How far the estimated rates lie from the truth: the chance of a click had every slate put the item at a random slot.</summary>
    public (double Weighed, double Plain) RateErrors()
    {
        var looks = Enumerable.Range(0, options.Slots).Average(world.Examination);
        var (weighed, plain) = (new List<double>(), new List<double>());
        foreach (var (name, rate) in InteractionRate.By(outcomes, outcome => outcome.Item.ItemId))
        {
            var item = int.Parse(name, CultureInfo.InvariantCulture);
            if (rate.NotEnoughSupport is null)
            {
                var truth = looks * relevance[item] / offered[item];
                weighed.Add(Math.Abs(rate.Value - truth));
                plain.Add(Math.Abs(rate.Plain - truth));
            }
        }

        return weighed.Count == 0 ? (double.NaN, double.NaN) : (weighed.Average(), plain.Average());
    }

    static string Name(int number) => number.ToString(CultureInfo.InvariantCulture);
}
